import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeRefusal } from '../../src/admin/describe-refusal.js';
import { wordsFor } from '../../src/http/catalogue.js';
import { packageRoot } from '../../src/package-root.js';

const words = wordsFor('en');
const platform = {
  issuer: 'https://moodle.example',
  clientId: 'client-7',
  jwksUrl: 'https://moodle.example/mod/lti/certs.php',
};
const describeCode = (code: string, details: Record<string, string> = {}) =>
  describeRefusal({ refusal: { code, details }, platform, url: 'https://tool.example', words });

/** Codes that the steps of the door throw; a new one needs advice of its own. */
function listDoorCodes(): string[] {
  const folder = join(packageRoot(), 'src', 'lti');
  const files = [
    'accept-launch',
    'start-login',
    'check-message',
    'platform-error',
    'refuse',
    'jwks-cache',
    'offer-registration',
    'confirm-registration',
    'registration-hosts',
    'registration-answer',
    'openid-configuration',
    'find-registered',
    'sealed-registration',
  ];
  const texts = readdirSync(folder)
    .filter((name) => files.includes(name.replace(/\.ts$/, '')))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const codes = texts.flatMap((text) =>
    [...text.matchAll(/AppError\(\s*'((?:lti|registration)\.[a-z-]+)'/g)].map(
      ([, code = '']) => code,
    ),
  );
  const ofDeployments = ['pending', 'paused', 'refused', 'unknown'].map(
    (state) => `lti.deployment-${state}`,
  );
  const ofInvitations = ['unknown', 'used', 'revoked', 'expired'].map(
    (state) => `registration.invitation-${state}`,
  );
  const ofCalls = [
    'address',
    'private-address',
    'redirect',
    'timeout',
    'unreachable',
    'too-large',
  ].map((fault) => `outgoing.${fault}`);
  return [
    ...new Set([
      ...codes,
      ...ofDeployments,
      ...ofInvitations,
      ...ofCalls,
      'lti.test-environment',
      'lti.message-not-offered',
    ]),
  ];
}

describe('the diagnosis of a refused launch', () => {
  for (const code of listDoorCodes())
    it(`has what was expected and seen, and a setting of Canvas and of Moodle, for ${code}`, () => {
      const { reason, expected, seen, canvas, moodle } = describeCode(code, { fault: 'x' });

      expect(reason).not.to.equal(code);
      for (const part of [expected, seen, canvas, moodle])
        expect(part).to.be.a('string').that.is.not.empty;
    });

  it('names the addresses of this tool and of the registration', () => {
    expect(
      describeCode('lti.platform-error', { error: 'invalid_request', context: 'invalid_request' })
        .canvas,
    ).to.equal(
      'Redirect URIs of the developer key must contain exactly https://tool.example/lti/launch.',
    );
    expect(describeCode('lti.token', { fault: 'kid-unknown', seen: 'k9' })).to.deep.include({
      expected: 'A token signed with a key of https://moodle.example/mod/lti/certs.php.',
      seen: 'The key k9, which is not there, also after the keys were fetched again.',
    });
  });

  it('falls back to the words of the code for a fault that has none of its own', () => {
    expect(describeCode('lti.token', { fault: 'lives-too-long' })).to.deep.include({
      expected: 'A token that the platform signed for this tool and this launch.',
      seen: 'lives-too-long',
    });
    expect(
      describeCode('lti.claim', { claim: 'endpoint.lineitem', fault: 'missing' }),
    ).to.deep.include({
      expected: 'A submission review names the gradebook column it is about.',
      seen: 'endpoint.lineitem: missing.',
    });
  });

  it('lets a code without words stand for itself', () => {
    expect(describeCode('lti.nobody-knows')).to.deep.equal({
      reason: 'lti.nobody-knows',
      expected: null,
      seen: null,
      canvas: null,
      moodle: null,
    });
  });
});
