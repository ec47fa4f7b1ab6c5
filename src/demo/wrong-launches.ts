// Six launches that every tool has to refuse, with the words under which the demo LMS offers them.
export type WrongLaunch =
  'replayed' | 'expired' | 'other-key' | 'other-audience' | 'other-browser' | 'unknown-deployment';

export const WRONG_LAUNCHES: readonly { kind: WrongLaunch; title: string; about: string }[] = [
  {
    kind: 'replayed',
    title: 'Send a launch twice',
    about:
      'A launch that was good once is sent again, as somebody would who copied it from the network.',
  },
  {
    kind: 'expired',
    title: 'Send an expired launch',
    about: 'Everything is right, but its time ran out an hour ago.',
  },
  {
    kind: 'other-key',
    title: 'Send a launch signed with another key',
    about: 'It names the key of this LMS, but somebody else signed it.',
  },
  {
    kind: 'other-audience',
    title: 'Send a launch meant for another tool',
    about: 'Signed by this LMS, but for a tool that is not Crosswalk.',
  },
  {
    kind: 'other-browser',
    title: 'Send a launch begun in another browser',
    about: 'Somebody began it elsewhere and makes you finish it, to have you work in their name.',
  },
  {
    kind: 'unknown-deployment',
    title: 'Send a launch of an unknown deployment',
    about: 'From a part of this LMS that nobody at Crosswalk has approved.',
  },
];

export function isWrongLaunch(kind: string): kind is WrongLaunch {
  return WRONG_LAUNCHES.some((wrong) => wrong.kind === kind);
}

/** The token's claims, spoilt as the kind says; what is not in the claims is spoilt elsewhere. */
export function spoilClaims<T extends { iat: number; exp: number }>(
  claims: T,
  wrong: WrongLaunch | null,
): T | (T & Record<string, unknown>) {
  const hourS = 3600;
  if (wrong === 'expired') {
    return { ...claims, iat: claims.iat - hourS, exp: claims.exp - hourS };
  }
  if (wrong === 'other-audience') return { ...claims, aud: 'another-tool' };
  if (wrong === 'unknown-deployment') {
    return {
      ...claims,
      'https://purl.imsglobal.org/spec/lti/claim/deployment_id': UNKNOWN_DEPLOYMENT,
    };
  }
  return claims;
}

/** Said at login as well. */
export const UNKNOWN_DEPLOYMENT = '999';
