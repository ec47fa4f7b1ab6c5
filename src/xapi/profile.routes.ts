// /xapi-profile: our xAPI Profile for everybody, as JSON-LD for machines and as a page for people, by `Accept`; each version
// at an address of its own. No session is read here: mount before sessions are opened.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { wordsFor } from '../http/catalogue.js';
import { AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { parseInput } from '../http/parse-input.js';
import { renderPage } from '../http/views.js';
import { listProfiles, type PublishedProfile } from './profile-document.js';
import { buildProfilePage } from './profile-page.js';

const JSON_LD = 'application/ld+json';
const MAX_AGE_S = 3_600;
const ENDING = '.jsonld';

const Params = z.object({ version: z.string().max(40) });

export function profileRoutes(): Router {
  const router = Router();
  router.get('/xapi-profile', (req, res) => {
    const [newest] = listProfiles();
    if (!newest) throw notFound(req);
    send(req, res, newest);
  });
  router.get('/xapi-profile/:version', (req, res) => {
    const { version } = parseInput(Params, req.params);
    const isDocument = version.endsWith(ENDING);
    const name = isDocument ? version.slice(0, -ENDING.length) : version;
    const profile = listProfiles().find((one) => one.version === name);
    if (!profile) throw notFound(req);
    if (isDocument) sendDocument(res, profile);
    else send(req, res, profile);
  });
  return router;
}

function notFound({ path }: Request): AppError {
  return new AppError('page.not-found', { status: 404, values: { path } });
}

/** Who says nothing of what they read is a program. */
function send(req: Request, res: Response, profile: PublishedProfile): void {
  res.vary('Accept');
  const format = req.accepts([JSON_LD, 'application/json', 'text/html']);
  if (format === 'text/html') return sendPage(req, res, profile);
  sendDocument(res, profile);
}

/** The entity tag comes from express. */
function sendDocument(res: Response, { text }: PublishedProfile): void {
  openToAll(res);
  res.setHeader('Content-Type', JSON_LD);
  res.send(text);
}

function sendPage(req: Request, res: Response, profile: PublishedProfile): void {
  const { language } = pageShell(req);
  const words = wordsFor(language);
  openToAll(res);
  renderPage(req, res, {
    view: 'xapi/profile',
    title: words('xapi-profile:title'),
    data: {
      profile: buildProfilePage({ profile, versions: listProfiles(), words, language }),
    },
  });
}

/** Nothing here is anybody's: other sites' scripts may read it, and caches keep it. */
function openToAll(res: Response): void {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  res.setHeader('Cache-Control', `public, max-age=${MAX_AGE_S}`);
}
