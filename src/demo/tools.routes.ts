// The administrator's page of tools: what is connected, and "Register a tool", which opens the tool's own registration page
// in a frame with the address of our configuration and a token that counts once.
import { Router } from 'express';
import { z } from 'zod';
import { endpointsOf } from './demo-addresses.js';
import type { Demo, PendingRegistration } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { randomKey } from './expiring-store.js';
import { requireAdministrator } from './open-course.js';
import { pageFrame } from './page-frame.js';
import { policyFor } from './page-headers.js';

const CLIENT_ID_CHARACTERS = 15;
const TOKEN_LIFETIME_S = 3600;

const registerSchema = z.object({
  url: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }).max(4096),
  mode: z.enum(['standard', 'moodle']),
  renews: z.string().max(255).default(''),
});
const openSchema = z.object({ token: z.string().min(1).max(4096) });
const toolSchema = z.object({ tool: z.string().min(1).max(255) });

export function toolRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/tools')
    .get((req, res) => {
      const person = requireAdministrator({ demo, req });
      const frame = pageFrame({ demo, course: null, person, title: 'Tools' });
      const { tools } = demo.records.read();
      const builtIn = demo.tools.builtIn;
      res.send(
        demo.views.render('tools', {
          ...frame,
          ...listTools(tools, builtIn),
          mode: demo.mode,
          isMoodle: demo.mode === 'moodle',
        }),
      );
    })
    .all(allowOnly('GET'));

  router
    .route('/tools/register')
    .post((req, res) => {
      requireAdministrator({ demo, req });
      const { url, mode, renews } = readInput(registerSchema, req.body);
      const known = demo.records.read().tools.find(({ clientId }) => clientId === renews);
      const clientId = known?.clientId ?? randomKey().slice(0, CLIENT_ID_CHARACTERS);
      const pending = { registrationUrl: url, mode, clientId, renews: known?.clientId ?? null };
      const token = makeToken(demo, pending);
      demo.registrations.put(token, pending);
      res.redirect(303, `/tools/register?token=${token}`);
    })
    .get((req, res) => {
      const person = requireAdministrator({ demo, req });
      const { token } = readInput(openSchema, req.query);
      const pending = demo.registrations.peek(token);
      if (!pending) throw usedUp();
      const address = new URL(pending.registrationUrl);
      const { configuration } = endpointsOf({ url: demo.url, mode: pending.mode });
      address.searchParams.set('openid_configuration', configuration);
      address.searchParams.set('registration_token', token);
      const known = demo.tools.list().map(({ origin }) => origin);
      res.set('Content-Security-Policy', policyFor([...known, address.origin]));
      const frame = pageFrame({ demo, course: null, person, title: 'Register a tool' });
      res.send(
        demo.views.render('tool-registration', {
          ...frame,
          address: address.href,
          script: 'registration.js',
        }),
      );
    })
    .all(allowOnly('GET, POST'));

  for (const [path, change] of TOOL_CHANGES) {
    router
      .route(`/tools/${path}`)
      .post(async (req, res) => {
        requireAdministrator({ demo, req });
        const { tool } = readInput(toolSchema, req.body);
        await demo.records.change((draft) => change(draft, tool));
        res.redirect(303, '/tools');
      })
      .all(allowOnly('POST'));
  }
  return router;
}

type DemoDraft = Parameters<Parameters<Demo['records']['change']>[0]>[0];

const TOOL_CHANGES: [string, (draft: DemoDraft, clientId: string) => void][] = [
  [
    'activate',
    (draft, clientId) => {
      for (const tool of draft.tools) if (tool.clientId === clientId) tool.state = 'active';
    },
  ],
  [
    'remove',
    (draft, clientId) => {
      draft.tools = draft.tools.filter((tool) => tool.clientId !== clientId);
      draft.courseTools = Object.fromEntries(
        Object.entries(draft.courseTools).filter(([, tool]) => tool !== clientId),
      );
    },
  ],
];

function listTools(registered: ReturnType<Demo['records']['read']>['tools'], builtIn: object) {
  return {
    builtIn,
    tools: registered.map((tool) => ({
      ...tool,
      isPending: tool.state === 'pending',
      isMoodle: tool.mode === 'moodle',
      scopeNames: tool.scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1)).join(', '),
    })),
  };
}

/** As Moodle makes it: a signed token whose subject is the client to be, or the tool that is renewed. */
function makeToken(demo: Demo, pending: PendingRegistration): string {
  const iat = Math.floor(demo.now().getTime() / 1000);
  const scope = pending.renews === null ? 'reg' : 'reg-update';
  return demo.key.sign({
    sub: pending.clientId,
    scope,
    iat,
    exp: iat + TOKEN_LIFETIME_S,
    jti: randomKey(),
  });
}

function usedUp(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This registration is over: it was used, or an hour has passed. Begin again.',
  });
}
