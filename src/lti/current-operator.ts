// Marks a request as the operator's: someone who came by a one-time link from the command line, not by a launch.
import type { Request } from 'express';
import { getCurrentLaunch } from './current-launch.js';

/** Stands for the operator where a record names a person. */
export const OPERATOR = 'operator';

const operators = new WeakSet<Request>();

/** Set by guards only. */
export function setCurrentOperator(req: Request): void {
  operators.add(req);
}

/** True when an operator's session opened this page; there is no current launch then. */
export function isOperator(req: Request): boolean {
  return operators.has(req);
}

/** Who acts, as records keep it: our id of the person, or `operator`. */
export function actorOf(req: Request): string {
  return isOperator(req) ? OPERATOR : getCurrentLaunch(req).user;
}
