// The platform's side of an OIDC launch (LTI Security Framework 1.0, section 5.1.1.2 to 5.1.1.4):
// the authorization endpoint, which answers by a form post to the tool, and the key set.
// As in Moodle, a request that cannot be trusted to belong to a launch gets a page and the tool
// hears nothing; one that does belong, but is not granted, is told to the tool.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { grantLaunch, refuseLaunch } from './answer-launch.js';
import type { Person } from './demo-course.js';
import type { Demo, PendingLaunch } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import type { DemoTool } from './demo-tools.js';

const KEY_SET_CACHE = 'public, max-age=3600';

const textSchema = z.string().min(1).max(8192);

/** What has to be right before anything is sent to the redirect URI. */
const requestSchema = z.object({
  client_id: textSchema,
  redirect_uri: textSchema,
  state: textSchema,
  nonce: textSchema,
  lti_message_hint: textSchema,
  login_hint: textSchema.optional(),
  response_type: textSchema.optional(),
  response_mode: textSchema.optional(),
  scope: textSchema.optional(),
  prompt: textSchema.optional(),
  reposted: z.literal('1').optional(),
});

type AuthenticationRequest = z.infer<typeof requestSchema>;

export function oidcRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/lti/authorize')
    .get((req, res) => authorize({ demo, req, res, input: req.query }))
    .post((req, res) => authorize({ demo, req, res, input: req.body }))
    .all(allowOnly('GET, POST'));

  router
    .route('/lti/jwks')
    .get((_req, res) => {
      res.set('Cache-Control', KEY_SET_CACHE).json({ keys: [demo.key.jwk] });
    })
    .all(allowOnly('GET'));

  return router;
}

interface Authorize {
  demo: Demo;
  req: Request;
  res: Response;
  input: unknown;
}

async function authorize({ demo, req, res, input }: Authorize): Promise<void> {
  const request = readInput(requestSchema, input);
  const tool = requireClient(demo, request);

  const person = demo.sessions.find(req);
  if (!person && !request.reposted) return askAgain({ demo, res, request });

  const launch = demo.launches.take(request.lti_message_hint);
  if (launch?.clientId !== tool.clientId) {
    throw new DemoError({
      status: 400,
      code: 'invalid_request',
      message: 'This launch was used before or is too old. Open the activity again.',
    });
  }

  const { redirect_uri: redirectUri, state, nonce } = request;
  const answer = { demo, res, launch, redirectUri, state };
  const refusal = findRefusal({ request, launch, person });
  if (refusal) return refuseLaunch({ ...answer, refusal });
  if (person) await grantLaunch({ ...answer, person, nonce });
}

function requireClient(demo: Demo, request: AuthenticationRequest): DemoTool {
  const tool = demo.tools.find(request.client_id);
  if (!tool) {
    throw new DemoError({
      status: 400,
      code: 'invalid_request',
      message: 'This platform has no tool with this client_id.',
    });
  }
  if (!tool.redirectUris.includes(request.redirect_uri)) {
    throw new DemoError({
      status: 400,
      code: 'invalid_request',
      message: 'The redirect_uri is not the one that was registered for the tool.',
    });
  }
  return tool;
}

/**
 * A browser keeps a SameSite=Lax cookie back where another site began the navigation of a frame.
 * Posted again from a page of our own, the same request comes with it. Moodle does the same.
 */
function askAgain({
  demo,
  res,
  request,
}: {
  demo: Demo;
  res: Response;
  request: AuthenticationRequest;
}): void {
  res.send(
    demo.views.render('continue', {
      title: 'Opening Crosswalk',
      action: `${demo.url}/lti/authorize`,
      fields: { ...request, reposted: '1' },
    }),
  );
}

function findRefusal({
  request,
  launch,
  person,
}: {
  request: AuthenticationRequest;
  launch: PendingLaunch;
  person: Person | null;
}): { error: string; error_description: string } | null {
  if (request.response_type !== 'id_token') {
    return refuse('unsupported_response_type', 'response_type must be id_token');
  }
  if (request.response_mode !== 'form_post') {
    return refuse('invalid_request', 'response_mode must be form_post');
  }
  if (request.prompt !== 'none') return refuse('invalid_request', 'prompt must be none');
  if (!request.scope?.split(' ').includes('openid')) {
    return refuse('invalid_scope', 'scope must hold openid');
  }
  if (!person) return refuse('login_required', 'nobody is signed in at the platform');
  if (request.login_hint !== person.id || launch.personId !== person.id) {
    return refuse('access_denied', 'the signed-in person is not the one who began the launch');
  }
  return null;
}

function refuse(error: string, description: string) {
  return { error, error_description: description };
}
