// The viewer of a request: the deployment of its launch, nobody's on a public page.
import type { Request } from 'express';
import { findCurrentLaunch } from '../lti/current-launch.js';
import type { Viewer } from './viewer.js';

/** Reads what the guards proved; never the query. */
export function viewerOf(req: Request): Viewer {
  return { deployment: findCurrentLaunch(req)?.deployment ?? null };
}
