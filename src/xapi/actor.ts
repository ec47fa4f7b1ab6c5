// Who a statement is about: the key by which two agents are the same (Data 2.4.2.3: the same identifier), and the agent we
// say for a learner, pseudonymous unless the deployment chose otherwise. Pure; never an e-mail address, never a name.
import { createHmac } from 'node:crypto';
import type { Actor, Agent } from './statement.js';

const PSEUDONYM_CHARACTERS = 32;

/**
 * The agent of a learner. `pseudonymous`: home page `URL/learners`, name derived from our own id of the user, so that it
 * says nothing to others and is the same for ever. `issuer`: the platform's issuer and the learner's sub there.
 */
export function buildActor(options: {
  mode: 'pseudonymous' | 'issuer';
  /** Public base address of this instance, without a trailing slash. */
  url: string;
  issuer: string;
  sub: string;
  /** Our id of the user. */
  user: string;
  /** Key of the pseudonyms: whoever has it can tell whether a known user is behind a pseudonym. */
  pseudonymKey: string;
}): Agent {
  const { mode, url, issuer, sub, user, pseudonymKey } = options;
  if (mode === 'issuer') return agentOf({ homePage: issuer, name: sub });
  return agentOf({ homePage: `${url}/learners`, name: derivePseudonym({ user, pseudonymKey }) });
}

/** A keyed hash of our id of the user: without the key it can neither be reversed nor be guessed. */
function derivePseudonym(options: { user: string; pseudonymKey: string }): string {
  return createHmac('sha256', options.pseudonymKey)
    .update(`learner:${options.user}`)
    .digest('hex')
    .slice(0, PSEUDONYM_CHARACTERS);
}

/** The agent that speaks for an instance itself, for instance when it withdraws an achievement. */
export function buildInstanceActor(options: { url: string }): Agent {
  return agentOf({ homePage: options.url, name: 'crosswalk' });
}

/** One text per identifier; two agents or identified groups are the same when theirs are equal. Empty without identifier. */
export function agentKey(agent: Actor): string {
  if (agent.account) return JSON.stringify(['account', agent.account.homePage, agent.account.name]);
  if (agent.mbox !== undefined) return JSON.stringify(['mbox', normaliseMailto(agent.mbox)]);
  if (agent.mbox_sha1sum !== undefined)
    return JSON.stringify(['mbox_sha1sum', agent.mbox_sha1sum.toLowerCase()]);
  return agent.openid === undefined ? '' : JSON.stringify(['openid', agent.openid]);
}

/** The agent whose key it is, by account or address; null for other identifiers. */
export function readAgentKey(key: string): Agent | null {
  const parts: unknown = JSON.parse(key);
  const [kind, first, second] = Array.isArray(parts) ? parts.map(String) : [];
  if (kind === 'account' && first !== undefined && second !== undefined)
    return agentOf({ homePage: first, name: second });
  return kind === 'mbox' && first !== undefined ? { objectType: 'Agent', mbox: first } : null;
}

/** Keys of an actor and, for a group, of its members: any of them finds its statements (Communication 2.1.3). */
export function actorKeys(actor: Actor): string[] {
  const members = actor.objectType === 'Group' ? (actor.member ?? []) : [];
  return [actor, ...members].map((one) => agentKey(one)).filter((key) => key !== '');
}

/** Scheme and host of a mail address are the same in any case; the part before the @ is not ours to change. */
export function normaliseMailto(mbox: string): string {
  const at = mbox.lastIndexOf('@');
  const local = mbox.slice(mbox.indexOf(':') + 1, at);
  return `mailto:${local}${mbox.slice(at).toLowerCase()}`;
}

function agentOf(account: { homePage: string; name: string }): Agent {
  return { objectType: 'Agent', account };
}
