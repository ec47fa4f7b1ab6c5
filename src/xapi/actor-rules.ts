// Agents and groups (Data 2.4.2): exactly one identifier for an agent, at most one for a group, members where it has none.
import { iri } from './common-rules.js';
import { isMailto, isSha1 } from './formats.js';
import { allOf, among, anyText, isRecord, listOf, oneOf, shape, text, type Rule } from './shape.js';

const IDENTIFIERS = ['mbox', 'mbox_sha1sum', 'openid', 'account'] as const;

const account = shape({ homePage: iri, name: anyText }, ['homePage', 'name']);
const identifiers = {
  name: anyText,
  mbox: text(isMailto, 'a mailto address'),
  mbox_sha1sum: text(isSha1, 'the SHA-1 of a mailto address in 40 hexadecimal digits'),
  openid: iri,
  account,
};

const exactlyOne = among((value, report) => {
  const count = countIdentifiers(value);
  if (count !== 1)
    report('', `has ${count} of mbox, mbox_sha1sum, openid and account instead of one`);
});

/** An Agent; `objectType` may be absent. */
export const agent: Rule = allOf(shape({ objectType: oneOf('Agent'), ...identifiers }), exactlyOne);

const identifierOrMembers = among((value, report) => {
  const count = countIdentifiers(value);
  if (count > 1)
    report('', `has ${count} of mbox, mbox_sha1sum, openid and account instead of one`);
  if (count === 0 && !(Array.isArray(value['member']) && value['member'].length > 0))
    report('', 'has neither an identifier nor members');
});

/** A Group, identified or anonymous; its members are agents, never groups. */
export const group: Rule = allOf(
  shape({ objectType: oneOf('Group'), ...identifiers, member: listOf(agent) }, ['objectType']),
  identifierOrMembers,
);

/** An Agent or a Group, told apart by `objectType`. */
export const actor: Rule = (value, path, faults) => {
  const rule = isRecord(value) && value['objectType'] === 'Group' ? group : agent;
  rule(value, path, faults);
};

const consumerAndUser = among((value, report) => {
  if (value['objectType'] !== 'Group') return;
  if (countIdentifiers(value) > 0) report('', 'is a group with an identifier');
  if (!Array.isArray(value['member']) || value['member'].length !== 2)
    report('member', 'does not hold exactly two agents');
});

/** What may vouch for a statement (Data 2.4.9): an agent, or an anonymous group of an application and a user. */
export const authority: Rule = allOf(actor, consumerAndUser);

function countIdentifiers(value: Record<string, unknown>): number {
  return IDENTIFIERS.filter((key) => Object.hasOwn(value, key)).length;
}
