// Ids of our records, derived (UUID version 5, RFC 9562) from what the platform calls them: the same launch always meets
// the same records, so that every write of a launch can be repeated without harm. Pure.
import { createHash } from 'node:crypto';

const NAMESPACE = Buffer.from('8a2c6a0f5b0e4c1c9d6e2f7a41b05c3e', 'hex');
const UUID_BYTES = 16;
const PERSON_CODE_CHARACTERS = 6;
const PERSON_CODE_BYTES = 6;
/** Nothing that is read as something else (0 and O, 1, I and L), and no vowels, so that no words come out. */
const PERSON_CODE_ALPHABET = '23456789BCDFGHJKMNPQRSTVWXYZ';

export const platformRecordId = (of: { issuer: string; clientId: string }): string =>
  derive('platform', of.issuer, of.clientId);

export const deploymentRecordId = (of: { platform: string; deploymentId: string }): string =>
  derive('deployment', of.platform, of.deploymentId);

export const courseRecordId = (of: { deployment: string; contextId: string }): string =>
  derive('course', of.deployment, of.contextId);

/** A learner is (platform, sub): the same person in two deployments of a platform is one. */
export const userRecordId = (of: { platform: string; sub: string }): string =>
  derive('user', of.platform, of.sub);

export const membershipRecordId = (of: { course: string; user: string }): string =>
  derive('membership', of.course, of.user);

/** One launch a login: the second of two has the same id, and is refused by it. */
export const launchRecordId = (of: { login: string }): string => derive('launch', of.login);

export const resourceLinkRecordId = (of: {
  deployment: string;
  course: string | null;
  resourceLinkId: string;
}): string => derive('resourceLink', of.deployment, of.course ?? '', of.resourceLinkId);

/**
 * What stands for a missing name on pages, as in "Learner 7F3KQ2". In a course of 300 the chance that any two people share
 * one is below one in ten thousand.
 */
export function personCode(user: string): string {
  const hash = createHash('sha256').update(`person code ${user}`).digest();
  let rest = hash.readUIntBE(0, PERSON_CODE_BYTES);
  let code = '';
  for (let place = 0; place < PERSON_CODE_CHARACTERS; place += 1) {
    code += PERSON_CODE_ALPHABET.charAt(rest % PERSON_CODE_ALPHABET.length);
    rest = Math.floor(rest / PERSON_CODE_ALPHABET.length);
  }
  return code;
}

function derive(...parts: string[]): string {
  const name = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, UUID_BYTES);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
