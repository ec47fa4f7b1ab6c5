// The authorization endpoint as Moodle 4.5.6 has it. Until it knows by the message hint which tool is meant, it trusts no
// redirect URI: whatever is wrong gets its "Invalid request" page (404) and the tool hears nothing. The hint counts once, in
// the session that began the launch. After that the tool is told by a form post.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { grantLaunch, refuseLaunch } from './answer-launch.js';
import type { Demo, PendingLaunch } from './demo.js';
import { allowOnly } from './demo-errors.js';
import { answerInvalidRequest } from './moodle-pages.js';

const KEY_SET_CACHE = 'public, max-age=3600';

const textSchema = z.string().max(8192).default('');
const requestSchema = z.object({
  scope: textSchema,
  response_type: textSchema,
  response_mode: z.string().max(8192).optional(),
  client_id: textSchema,
  redirect_uri: textSchema,
  login_hint: textSchema,
  lti_message_hint: textSchema,
  nonce: textSchema,
  prompt: textSchema,
  state: z.string().max(8192).optional(),
  repost: z.string().optional(),
});
type MoodleRequest = z.infer<typeof requestSchema>;

const hintSchema = z.object({ launchid: z.string().min(1) });

interface Refusal {
  error: string;
  error_description?: string;
}

export function moodleAuthRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/mod/lti/auth.php')
    .get((req, res) => authorize({ demo, req, res, input: req.query }))
    .post((req, res) => authorize({ demo, req, res, input: req.body }))
    .all(allowOnly('GET, POST'));

  router
    .route('/mod/lti/certs.php')
    .get((_req, res) => {
      res.set('Cache-Control', KEY_SET_CACHE).json({ keys: [demo.key.jwk] });
    })
    .all(allowOnly('GET'));

  return router;
}

async function authorize(asked: {
  demo: Demo;
  req: Request;
  res: Response;
  input: unknown;
}): Promise<void> {
  const { demo, req, res, input } = asked;
  const read = requestSchema.safeParse(input);
  if (!read.success) return answerInvalidRequest({ demo, res });
  const request = read.data;
  const person = demo.sessions.find(req);
  if (!person && request.repost === undefined) return repost({ demo, res, request });

  const early = findEarlyFault(request);
  const launch = early === null ? takeLaunch({ demo, req, request }) : null;
  if (!launch) return answerInvalidRequest({ demo, res });
  const tool = demo.tools.find(launch.clientId);
  if (!tool?.redirectUris.includes(request.redirect_uri))
    return answerInvalidRequest({ demo, res });

  const { redirect_uri: redirectUri, state, nonce } = request;
  const answer = { demo, res, launch, redirectUri, state };
  const refusal = findRefusal({ request, launch, personId: person?.id ?? '' });
  if (refusal !== null) return refuseLaunch({ ...answer, refusal });
  if (person) await grantLaunch({ ...answer, person, nonce });
}

/** What makes Moodle stop before it looks the launch up. */
function findEarlyFault(request: MoodleRequest): string | null {
  const needed = [
    'scope',
    'response_type',
    'client_id',
    'redirect_uri',
    'login_hint',
    'nonce',
  ] as const;
  if (needed.some((name) => request[name] === '')) return 'invalid_request';
  if (!hintSchema.safeParse(parseJson(request.lti_message_hint)).success) return 'invalid_request';
  if (request.scope !== 'openid') return 'invalid_scope';
  return request.response_type === 'id_token' ? null : 'unsupported_response_type';
}

/** The launch of the hint, once, and only in the session that began it or in another person's after it. */
function takeLaunch(options: {
  demo: Demo;
  req: Request;
  request: MoodleRequest;
}): PendingLaunch | null {
  const { demo, req, request } = options;
  const launch = demo.launches.peek(request.lti_message_hint);
  const isElsewhere =
    launch?.personId === demo.sessions.find(req)?.id &&
    launch?.sessionKey !== demo.sessions.keyOf(req);
  return isElsewhere ? null : demo.launches.take(request.lti_message_hint);
}

function findRefusal(options: {
  request: MoodleRequest;
  launch: PendingLaunch;
  personId: string;
}): Refusal | null {
  const { request, launch, personId } = options;
  if (request.client_id !== launch.clientId) return { error: 'unauthorized_client' };
  if (request.login_hint !== personId || launch.personId !== personId)
    return { error: 'access_denied' };
  if (request.response_mode === undefined)
    return { error: 'invalid_request', error_description: 'Missing response_mode' };
  if (request.response_mode !== 'form_post')
    return { error: 'invalid_request', error_description: 'Invalid response_mode' };
  if (request.prompt !== '' && request.prompt !== 'none')
    return { error: 'invalid_request', error_description: 'Invalid prompt' };
  return null;
}

/** The session cookie was kept back where another site began the navigation: the page posts to itself once. */
function repost({
  demo,
  res,
  request,
}: {
  demo: Demo;
  res: Response;
  request: MoodleRequest;
}): void {
  const given = Object.entries(request).filter(([, value]) => value !== undefined && value !== '');
  res.send(
    demo.views.render('continue', {
      title: 'Opening Crosswalk',
      action: `${demo.url}/mod/lti/auth.php`,
      fields: { ...Object.fromEntries(given), repost: '1' },
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no hint of ours
  }
}
