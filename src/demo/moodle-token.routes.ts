// The token endpoint as Moodle 4.5.6 has it: the audience of the assertion is not checked, unknown scopes are dropped while
// one is known, and a key set that cannot be read is answered by an HTML page.
import { Router } from 'express';
import { z } from 'zod';
import type { Demo } from './demo.js';
import { allowOnly } from './demo-errors.js';
import { answerHtmlError, BROKEN_KEY_SET } from './moodle-pages.js';
import { readIssuer } from './tool-keys.js';

const requestSchema = z.object({
  grant_type: z.literal('client_credentials'),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: z.string().min(1),
  scope: z.string().min(1).max(4096),
});

export function moodleTokenRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/mod/lti/token.php')
    .post(async (req, res) => {
      const refuse = (error: string) => void res.status(400).json({ error });
      const request = requestSchema.safeParse(req.body);
      if (!request.success) return refuse('invalid_request');
      const { client_assertion: assertion, scope } = request.data;
      const tool = demo.tools.find(readIssuer(assertion) ?? '');
      if (!tool) return refuse('invalid_client');

      const expected = { issuer: tool.clientId, audience: null };
      const check = await tool.keys.verify(assertion, expected);
      if (check.outcome === 'unavailable')
        return answerHtmlError({ demo, res, message: BROKEN_KEY_SET });
      if (check.outcome === 'refused') return refuse('invalid_client');

      const scopes = scope.split(' ').filter((one) => tool.scopes.includes(one));
      if (scopes.length === 0) return refuse('invalid_scope');
      res.json(demo.accessTokens.issue({ clientId: tool.clientId, scopes }));
    })
    .all(allowOnly('POST'));

  return router;
}
