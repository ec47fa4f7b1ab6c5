// The HTML pages with which Moodle answers what it cannot do, to people and to machines alike.
import type { Response } from 'express';
import type { Demo } from './demo.js';

export function answerInvalidRequest({ demo, res }: { demo: Demo; res: Response }): void {
  const message = 'Invalid request';
  res
    .status(404)
    .type('html')
    .send(demo.views.render('error', { title: 'Error', message }));
}

/** What the machine sees whose key set Moodle could not read, and where a service failed within. */
export function answerHtmlError({
  demo,
  res,
  message,
}: {
  demo: Demo;
  res: Response;
  message: string;
}): void {
  res
    .status(404)
    .type('html')
    .send(demo.views.render('error', { title: 'Error', message }));
}

export const BROKEN_KEY_SET =
  'fix_jwks_alg(): Argument #1 ($jwks) must be of type array, null given';
