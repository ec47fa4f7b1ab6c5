// What the door's routes share: strict reading of query and form, the answers to wrong methods and media types, headers of
// pages before a launch, and the note that each refusal leaves.
import express, { type Request, type RequestHandler, type Response } from 'express';
import { AppError, isAppError } from '../http/errors.js';
import { requestId } from '../http/request-log.js';
import { setPolicy } from '../http/security.js';
import type { LtiServices } from './lti-services.js';
import type { RefusedStep } from './refusal.model.js';
import { createRefusalNotes, type NoteRefusal, type RefusalTrace } from './note-refusal.js';
import { readParameters, type Parameters } from './read-parameters.js';

const FORM = 'application/x-www-form-urlencoded';
const MAX_FORM_BYTES = 64 * 1024;

/** Keeps the raw body of a form, so that it can be read strictly. */
export const takeForm: RequestHandler = express.raw({
  type: FORM,
  limit: MAX_FORM_BYTES,
  inflate: false,
});

/** Pages before a verified launch hold no data: any platform may frame them, nobody keeps them or hears where they came from. */
export const openPage: RequestHandler = (_req, res, next) => {
  setPolicy(res, { frameAncestors: ['*'] });
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Referrer-Policy', 'no-referrer');
  next();
};

/** Answers every other method of an address with 405. */
export function allowOnly(...methods: string[]): RequestHandler {
  const allowed = methods.join(', ');
  return (req, _res, next) => {
    if (methods.includes(req.method)) return next();
    throw new AppError('page.method', {
      status: 405,
      values: { allowed },
      headers: { Allow: allowed },
    });
  };
}

export function readQuery(req: Request): Parameters {
  const question = req.originalUrl.indexOf('?');
  return readParameters(question < 0 ? '' : req.originalUrl.slice(question + 1));
}

/** Throws `input.media-type` (415) for a body that is no form. */
export function readForm(req: Request): Parameters {
  if (!req.is(FORM)) throw new AppError('input.media-type', { status: 415 });
  const body: unknown = req.body;
  return readParameters(Buffer.isBuffer(body) ? body.toString('utf8') : '');
}

type Step = (req: Request, res: Response, trace: RefusalTrace) => Promise<void>;

/** Makes a step of the door that notes its refusals. */
export function createDoorStep(
  services: LtiServices,
): (step: RefusedStep, run: Step) => RequestHandler {
  const note: NoteRefusal = createRefusalNotes(services);
  return (step, run) => async (req, res) => {
    const trace: RefusalTrace = { platform: null, deployment: null, claimNames: [] };
    try {
      await run(req, res, trace);
    } catch (error) {
      res.removeHeader('Set-Cookie'); // A step that failed halfway leaves nothing in the browser.
      if (isAppError(error)) await note({ step, error, trace, reference: requestId(req) });
      throw error;
    }
  };
}
