// The token endpoint (LTI Security Framework 1.0, section 4.1): client credentials by a client
// assertion (RFC 7523) that the tool signs. Unknown scopes are dropped while one is known.
import { Router } from 'express';
import { z } from 'zod';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import type { DemoTool } from './demo-tools.js';
import { readIssuer } from './tool-keys.js';

const MAX_ASSERTION_LIFETIME_S = 3600;

const requestSchema = z.object({
  grant_type: z.string(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().min(1),
  scope: z.string().min(1).max(4096),
});

const assertionSchema = z
  .object({ sub: z.string(), iat: z.number(), exp: z.number(), jti: z.string().min(1).max(255) })
  .refine(({ iat, exp }) => exp - iat <= MAX_ASSERTION_LIFETIME_S, {
    path: ['exp'],
    message: 'more than an hour after iat',
  });

export function tokenRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/lti/token')
    .post(async (req, res) => {
      const request = readInput(requestSchema, req.body);
      if (request.grant_type !== 'client_credentials') {
        throw refuse('unsupported_grant_type', 'grant_type must be client_credentials');
      }
      const tool = await requireAssertion(demo, request.client_assertion);

      const scopes = request.scope.split(' ').filter((scope) => tool.scopes.includes(scope));
      if (scopes.length === 0) throw refuse('invalid_scope', 'none of the scopes is known here');
      res.json(demo.accessTokens.issue({ clientId: tool.clientId, scopes }));
    })
    .all(allowOnly('POST'));

  return router;
}

async function requireAssertion(demo: Demo, assertion: string): Promise<DemoTool> {
  const { tokenEndpoint, issuer } = demo.registration;
  const tool = findAsserted(demo, assertion);
  if (!tool) throw refuseClient('its issuer is no client of this platform');
  const { clientId } = tool;
  const check = await tool.keys.verify(assertion, {
    issuer: clientId,
    audience: [tokenEndpoint, issuer],
  });
  if (check.outcome === 'unavailable') {
    throw new DemoError({ status: 503, code: 'temporarily_unavailable', message: check.reason });
  }
  if (check.outcome === 'refused') throw refuseClient(check.reason);

  const parsed = assertionSchema.safeParse(check.claims);
  if (!parsed.success) throw refuseClient(z.prettifyError(parsed.error));
  const { sub, exp, jti } = parsed.data;
  if (sub !== clientId) throw refuseClient('sub is not the client_id');
  if (!demo.toolTokenGuard.isFirstUse(`jti:${jti}`, new Date(exp * 1000))) {
    throw refuseClient('this jti was used before');
  }
  return tool;
}

/** The tool that the assertion says it is from; the signature is checked by that tool's keys. */
function findAsserted(demo: Demo, assertion: string): DemoTool | null {
  const issuer = readIssuer(assertion);
  return issuer === null ? demo.tools.builtIn : demo.tools.find(issuer);
}

function refuse(code: string, message: string): DemoError {
  return new DemoError({ status: 400, code, message });
}

function refuseClient(reason: string): DemoError {
  return new DemoError({
    status: 401,
    code: 'invalid_client',
    message: `The client assertion is not accepted: ${reason}`,
  });
}
