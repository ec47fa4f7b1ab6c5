// The services' media types. Like Moodle this platform wants them named: what a tool forgets
// here it would find out in its users' Moodle.
import { json, type RequestHandler } from 'express';
import { DemoError } from './demo-errors.js';

export const MEDIA = {
  lineItem: 'application/vnd.ims.lis.v2.lineitem+json',
  lineItemContainer: 'application/vnd.ims.lis.v2.lineitemcontainer+json',
  score: 'application/vnd.ims.lis.v1.score+json',
  resultContainer: 'application/vnd.ims.lis.v2.resultcontainer+json',
  membershipContainer: 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
} as const;

const MAX_BODY = '64kb';

/** Refuses with 406 unless Accept names the type. */
export function requireAccept(type: string): RequestHandler {
  return (req, _res, next) => {
    const named = (req.get('accept') ?? '').split(',').map((part) => part.split(';')[0]?.trim());
    if (named.includes(type)) return next();
    throw new DemoError({
      status: 406,
      code: 'not_acceptable',
      message: `The Accept header must name ${type}`,
    });
  };
}

/** Reads a JSON body of this type (a charset may follow), refuses any other with 415. */
export function readBody(type: string): RequestHandler {
  const readJson = json({ type: () => true, limit: MAX_BODY });

  return (req, res, next) => {
    const given = (req.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (given === type) return readJson(req, res, next);
    throw new DemoError({
      status: 415,
      code: 'unsupported_media_type',
      message: `The Content-Type header must be ${type}`,
    });
  };
}
