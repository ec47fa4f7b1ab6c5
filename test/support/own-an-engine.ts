// A program for tests that kill a whole application: starts an engine on the folder given and says so, then waits.
import { startEmbeddedEngine } from '../../src/db/embedded-engine.js';
import { engineOptions } from './engine.js';

const [, , dataFolder = ''] = process.argv;
const engine = await startEmbeddedEngine(engineOptions({ dataFolder }));
process.send?.({ uri: engine.uri });
