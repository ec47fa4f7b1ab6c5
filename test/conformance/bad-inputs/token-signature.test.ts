// Bad inputs 47 to 58, 75 and 76: tokens that are no tokens, or whose signature and key prove nothing.
import { createHmac, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { expect } from 'chai';
import {
  countStored,
  expectAlive,
  expectRefusal,
  launchWith,
  openDoor,
  refuseEach,
  type BadInput,
} from '../../support/bad-inputs.js';
import {
  publicJwk,
  startFakePlatform,
  testKey,
  type LaunchMessage,
  type SigningChoice,
} from '../../support/fake-platform.js';
import { connectPlatform } from '../../support/launch-as.js';

describe('bad inputs at /lti/launch: tokens and their keys', () => {
  const door = openDoor();

  const make = (forge: (message: LaunchMessage) => string) => () => launchWith(door, forge);
  const signedBy = (choice: SigningChoice) =>
    make((message) => door.platform.idToken(message, choice));
  const signedAs = (algorithm: jwt.Algorithm) =>
    make((message) =>
      jwt.sign(door.platform.claims(message), door.platform.key.privateKey, {
        algorithm,
        keyid: 'platform-1',
      }),
    );
  /** A header of the test's making over good claims, signed by `signWith` (or with another token's signature). */
  const headed = (header: object, signWith?: (text: string) => string) =>
    make((message) => {
      const signature = door.platform.idToken(message).split('.')[2] ?? '';
      return rawToken(header, door.platform.claims(message), signWith ?? (() => signature));
    });
  const withHmac = (algorithm: 'HS256' | 'RS256', format: 'pkcs1' | 'spki') =>
    headed({ alg: algorithm, kid: 'platform-1' }, (text) =>
      createHmac('sha256', publicPem(door.platform.key.publicKey, format))
        .update(text)
        .digest('base64url'),
    );
  const attacker = () => testKey('attacker');

  const unreadable: [string, string][] = [
    ['one part', 'a'],
    ['two parts', 'a.b'],
    ['four parts', 'a.b.c.d'],
    ['five parts, as encrypted tokens have', 'a.b.c.d.e'],
    ['no base64url', 'a+b.c.d'],
    ['no JSON', 'aaaa.bbbb.cccc'],
    ['JSON that is no object', `${encode('x')}.${encode(7)}.AAAA`],
  ];
  const kids: [string, unknown][] = [
    ['a path', '../../etc/passwd'],
    ['a query', "' or 1=1"],
    ['an object', { $ne: 1 }],
    ['a list', ['platform-1']],
    ['a name of all objects', '__proto__'],
  ];
  const inputs: BadInput[] = [
    ...unreadable.map(([title, token]): BadInput => [
      `[47] a token of ${title}`,
      400,
      'lti.parameter',
      make(() => token),
    ]),
    [
      '[47] a good token with a fourth part',
      400,
      'lti.parameter',
      make((message) => `${door.platform.idToken(message)}.x`),
    ],
    [
      '[47] a good token with padding',
      400,
      'lti.parameter',
      make((message) => door.platform.idToken(message).replace('.', '=.')),
    ],
    ['[48] alg none', 401, 'lti.token', headed({ alg: 'none', kid: 'platform-1' }, () => '')],
    [
      '[48] alg none with a signature',
      401,
      'lti.token',
      headed({ alg: 'none', kid: 'platform-1' }),
    ],
    ['[48] alg NoNe', 401, 'lti.token', headed({ alg: 'NoNe', kid: 'platform-1' }, () => '')],
    ['[48] no alg', 401, 'lti.token', headed({ kid: 'platform-1' })],
    ['[49] HS256 signed with the public PEM', 401, 'lti.token', withHmac('HS256', 'spki')],
    [
      '[49] HS256 signed with the public PEM of PKCS#1',
      401,
      'lti.token',
      withHmac('HS256', 'pkcs1'),
    ],
    ['[49] the same called RS256', 401, 'lti.token', withHmac('RS256', 'spki')],
    ...(['PS256', 'RS384', 'RS512'] as const).map((algorithm): BadInput => [
      `[50] ${algorithm} when only RS256 is allowed`,
      401,
      'lti.token',
      signedAs(algorithm),
    ]),
    ['[51] no kid', 401, 'lti.token', signedBy({ header: { kid: undefined } })],
    ['[51] an empty kid', 401, 'lti.token', signedBy({ header: { kid: '' } })],
    ['[52] an unknown kid', 401, 'lti.token', signedBy({ header: { kid: 'nobody' } })],
    ...kids.map(([title, kid]): BadInput => [
      `[54] a kid that is ${title}`,
      401,
      'lti.token',
      headed({ alg: 'RS256', kid }),
    ]),
    [
      '[55] jku, x5u and jwk of a key that is not the platform’s',
      401,
      'lti.token',
      make((message) =>
        door.platform.idToken(message, {
          key: attacker(),
          header: {
            jwk: publicJwk(attacker()),
            jku: `${door.platform.origin}/attacker`,
            x5u: `${door.platform.origin}/attacker`,
          },
        }),
      ),
    ],
    [
      '[55] the same under a kid of the platform',
      401,
      'lti.token',
      make((message) =>
        door.platform.idToken(message, {
          key: attacker(),
          header: { kid: 'platform-1', jwk: publicJwk(attacker(), { kid: 'platform-1' }) },
        }),
      ),
    ],
    ['[56] crit', 401, 'lti.token', signedBy({ header: { crit: ['exp'] } })],
    ['[56] an empty crit', 401, 'lti.token', signedBy({ header: { crit: [] } })],
    [
      '[57] an altered payload',
      401,
      'lti.token',
      make((message) => {
        const [header = '', , signature = ''] = door.platform.idToken(message).split('.');
        const claims = { ...door.platform.claims(message), sub: 'admin' };
        return `${header}.${encode(claims)}.${signature}`;
      }),
    ],
    [
      '[57] an altered signature',
      401,
      'lti.token',
      make((message) => door.platform.idToken(message).replace(/.{8}$/, 'AAAAAAAA')),
    ],
    [
      '[57] no signature',
      401,
      'lti.token',
      make((message) => door.platform.idToken(message).replace(/[^.]+$/, '')),
    ],
    [
      '[76] an access token sent as id_token',
      401,
      'lti.token',
      make(() => {
        const iat = Math.floor(Date.now() / 1_000);
        return door.platform.sign({
          iss: door.platform.issuer,
          sub: 'client-1',
          scope: 'x',
          iat,
          exp: iat + 60,
        });
      }),
    ],
  ];
  refuseEach(door, inputs);

  it('[55] asks none of the addresses that a header names', async () => {
    door.platform.calls.length = 0;
    await launchWith(door, (message) =>
      door.platform.idToken(message, {
        key: attacker(),
        header: { jku: `${door.platform.origin}/attacker`, x5u: `${door.platform.origin}/x` },
      }),
    );

    expect(door.platform.calls).to.deep.equal([]);
  });

  it('[52] a dozen unknown kids -> 401 each, and one refetch of the keys in all', async () => {
    const own = await startFakePlatform({ clientId: 'client-kids' });
    try {
      await connectPlatform(own);
      const here = { tool: door.tool, platform: own };
      await expectAlive(here);
      const before = own.jwksRequests;

      const statuses = [];
      for (let count = 0; count < 12; count += 1)
        statuses.push(
          (
            await launchWith(here, (message) =>
              own.idToken(message, { header: { kid: `made-up-${count}` } }),
            )
          ).status,
        );

      expect(statuses.every((status) => status === 401)).to.equal(true);
      expect(own.jwksRequests - before).to.equal(1);
      await expectAlive(here);
    } finally {
      await own.close();
    }
  });

  it("[53] the kid of our own key -> 401, signed by the platform's key or by ours", async () => {
    const { kid, privateKeyPem } = await door.tool.services.keys.signingKey();
    const before = await countStored();

    const theirs = await signedBy({ header: { kid } })();
    const ours = await launchWith(door, (message) =>
      jwt.sign(door.platform.claims(message), privateKeyPem, { algorithm: 'RS256', keyid: kid }),
    );

    for (const answer of [theirs, ours]) expectRefusal(answer, { status: 401, code: 'lti.token' });
    expect(await countStored()).to.deep.equal(before);
    await expectAlive(door);
  });

  it("[58] signed by platform B's key with the iss of A -> 401, under either kid", async () => {
    const other = await startFakePlatform({ clientId: 'client-b', kid: 'platform-b' });
    try {
      await connectPlatform(other);
      const before = await countStored();

      for (const kid of ['platform-1', 'platform-b'])
        expectRefusal(await signedBy({ key: other.key, header: { kid } })(), {
          status: 401,
          code: 'lti.token',
        });

      expect(await countStored()).to.deep.equal(before);
    } finally {
      await other.close();
    }
  });

  it('[75] a deep linking answer or client assertion that we made, sent back as id_token -> 401', async () => {
    const { kid, privateKeyPem } = await door.tool.services.keys.signingKey();
    const signOwn = (claims: object) =>
      jwt.sign(claims, privateKeyPem, { algorithm: 'RS256', keyid: kid });
    const before = await countStored();

    const answers = [
      await launchWith(door, (message) =>
        signOwn({
          ...door.platform.claims(message),
          iss: door.platform.clientId,
          aud: door.platform.issuer,
        }),
      ),
      await launchWith(door, ({ nonce }) =>
        signOwn({
          iss: door.platform.clientId,
          sub: door.platform.clientId,
          aud: door.platform.tokenUrl,
          jti: 'x',
          nonce,
          iat: Math.floor(Date.now() / 1_000),
          exp: Math.floor(Date.now() / 1_000) + 60,
        }),
      ),
    ];

    for (const answer of answers) expectRefusal(answer, { status: 401, code: 'lti.token' });
    expect(await countStored()).to.deep.equal(before);
  });
});

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function rawToken(header: object, claims: object, signWith: (text: string) => string): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signWith(text)}`;
}

function publicPem(key: KeyObject, type: 'pkcs1' | 'spki'): string {
  return key.export({ type, format: 'pem' }).toString();
}
