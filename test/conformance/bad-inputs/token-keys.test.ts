// Bad inputs 50, 59 and 77 to 79: key sets of platforms that are broken, away, or hold keys that prove nothing.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect } from 'chai';
import {
  countStored,
  expectAlive,
  expectRefusal,
  launchWith,
  openDoor,
} from '../../support/bad-inputs.js';
import type { Answer } from '../../support/browser-agent.js';
import {
  publicJwk,
  startFakePlatform,
  testKey,
  type FakePlatform,
  type LaunchMessage,
} from '../../support/fake-platform.js';
import { beginLaunch, connectPlatform, postLaunch } from '../../support/launch-as.js';
import { startApp } from '../../support/start-app.js';

describe('bad inputs at /lti/launch: key sets', () => {
  const door = openDoor();

  describe('with a key set of its own', () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const short = { kid: 'short', ...generateKeyPairSync('rsa', { modulusLength: 1024 }) };
    let own: FakePlatform;
    beforeEach(async () => {
      own = await startFakePlatform({ clientId: `client-${randomUUID()}` });
      await connectPlatform(own);
      own.jwks.keys = [
        publicJwk(short),
        publicJwk(testKey('enc'), { use: 'enc' }),
        { ...curve.publicKey.export({ format: 'jwk' }), kid: 'curve', alg: 'RS256' },
        publicJwk(testKey('twin-a'), { kid: 'twin' }),
        publicJwk(testKey('twin-b'), { kid: 'twin' }),
        publicJwk(own.key, { kid: 'mixed', alg: undefined }),
        publicJwk(testKey('twin-a'), { kid: 'mixed' }),
      ];
    });
    afterEach(() => own.close());

    const attempt = async (token: (message: LaunchMessage) => string): Promise<Answer> =>
      launchWith({ tool: door.tool, platform: own }, token);

    it('[50] RS256 in the header with an EC key -> 401', async () => {
      const before = await countStored();

      const answer = await attempt((message) =>
        jwt
          .sign(own.claims(message), curve.privateKey, { algorithm: 'ES256' })
          .replace(/^[^.]+/, encode({ alg: 'RS256', kid: 'curve' })),
      );

      expectRefusal(answer, { status: 401, code: 'lti.token' });
      expect(await countStored()).to.deep.equal(before);
    });

    it('[59] a JWK with use:enc -> 401', async () => {
      const answer = await attempt((message) => own.idToken(message, { key: testKey('enc') }));

      expectRefusal(answer, { status: 401, code: 'lti.token' });
    });

    it('[59] a JWK with RSA under 2048 bits -> 401', async () => {
      const answer = await attempt((message) =>
        rawToken({ alg: 'RS256', kid: 'short' }, own.claims(message), (text) =>
          sign('RSA-SHA256', Buffer.from(text), short.privateKey).toString('base64url'),
        ),
      );

      expectRefusal(answer, { status: 401, code: 'lti.token' });
    });

    it('[79] a duplicate kid in the JWKS -> the key of the matching alg only, else 401', async () => {
      const by = (kid: string) => (message: LaunchMessage) =>
        own.idToken(message, { key: testKey('twin-a'), header: { kid } });

      expectRefusal(await attempt(by('twin')), { status: 401, code: 'lti.token' });
      expect((await attempt(by('mixed'))).status).to.equal(303);
    });
  });

  const broken: [string, number, (platform: FakePlatform) => void][] = [
    ['[77] a JWKS endpoint that answers 503', 502, (one) => (one.jwks.status = 503)],
    [
      '[77] a JWKS endpoint that does not answer in time',
      504,
      (one) => (one.jwks.hold = new Promise(() => undefined)),
    ],
    ['[78] a JWKS of 10 MiB', 502, (one) => (one.jwks.body = ' '.repeat(10 * 2 ** 20))],
    ['[78] a JWKS that is an HTML page', 502, (one) => (one.jwks.body = '<html>eyJ</html>')],
    [
      '[78] a JWKS that redirects to an internal address',
      502,
      (one) =>
        one.respond('/jwks', (_call, res) =>
          res.writeHead(302, { Location: 'http://169.254.169.254/' }).end(),
        ),
    ],
  ];
  for (const [title, status, breakIt] of broken)
    it(`${title}, no keys kept -> ${status}, and the next launch works once it is whole`, async () => {
      const [own, whole] = [
        await startFakePlatform({ clientId: 'client-broken' }),
        await startFakePlatform({ clientId: 'client-broken' }),
      ];
      const tool = await startApp({ patienceMs: 300 });
      try {
        await connectPlatform(own);
        const { agent, message, state } = await beginLaunch({ tool, platform: own });
        const before = await countStored();
        breakIt(own);

        const answer = await postLaunch(agent, { id_token: own.idToken(message), state });

        expectRefusal(answer, { status, code: 'lti.keys-unreachable' });
        expect(await countStored()).to.deep.equal(before);
        const mended = { ...whole, issuer: own.issuer };
        await connectPlatform(mended);
        await expectAlive({ tool, platform: own });
      } finally {
        await Promise.all([own.close(), whole.close(), tool.close()]);
      }
    });
});

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function rawToken(header: object, claims: object, signWith: (text: string) => string): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signWith(text)}`;
}
