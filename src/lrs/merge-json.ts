// Merging of JSON documents (Communication 2.2, POST): the members of the second take the place of those of the first with
// the same key, whole; every text stays as it was written, so that no number loses digits on the way. Pure.
import { isRecord } from '../xapi/shape.js';
import { decodeUtf8, JsonFault, memberKey, readJson, splitJson } from './json-text.js';

/** The text of both together. Throws JsonFault where one is no JSON object. */
export function mergeJson(options: { first: Uint8Array; second: Uint8Array }): string {
  const members = new Map<string, string>();
  for (const bytes of [options.first, options.second])
    for (const member of splitJson(readObject(bytes))) members.set(memberKey(member), member);
  return `{${[...members.values()].join(',')}}`;
}

/** The text of a JSON object. Throws JsonFault for anything else. */
export function readObject(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (!isRecord(readJson(text))) throw new JsonFault('It is not a JSON object');
  return text;
}
