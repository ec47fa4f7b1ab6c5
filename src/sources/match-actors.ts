// Whose statement another tool's is: by the rules that an administrator gave for its source, and by nothing else. An account
// counts by its home page and a name that is the platform's or the school's id of somebody; an address only where the
// administrator said that the platform vouches for those. Where two people fit, nobody is chosen.
import { findDeployment } from '../lti/deployment.model.js';
import { listUsersByIds, type User } from '../lti/user.model.js';
import { agentKey } from '../xapi/actor.js';
import type { Actor } from '../xapi/statement.js';
import type { ActorRules, EvidenceSource } from './evidence-source.model.js';

export interface MatchedActor {
  agentKey: string;
  deployment: string;
  user: string;
}

/** What an actor is looked for by. */
interface Wanted {
  agentKey: string;
  subs: string[];
  sisIds: string[];
  emails: string[];
}

const NOTHING = { subs: [], sisIds: [], emails: [] };

/** Those that are somebody of the deployment's platform, by agentKey; a few queries for all of them. */
export async function matchActors(options: {
  source: Pick<EvidenceSource, 'deployment' | 'rules'>;
  actors: readonly Actor[];
}): Promise<Map<string, MatchedActor>> {
  const { source, actors } = options;
  const wanted = actors.map((actor) => readWanted(actor, source.rules));
  const all = (kind: 'subs' | 'sisIds' | 'emails') => [
    ...new Set(wanted.flatMap((one) => one[kind])),
  ];
  const ids = { subs: all('subs'), sisIds: all('sisIds'), emails: all('emails') };
  const deployment = await findDeployment({ deployment: source.deployment });
  if (!deployment || Object.values(ids).every((one) => one.length === 0)) return new Map();
  const users = await listUsersByIds({ platform: deployment.platform, ...ids });
  return new Map(
    wanted.flatMap((one) => {
      const key = one.agentKey;
      const [only, ...others] = users.filter((user) => isMeant(user, one));
      if (!only || others.length > 0) return [];
      return [[key, { agentKey: key, deployment: deployment._id, user: only._id }] as const];
    }),
  );
}

/** Pure. Groups, hashed addresses and OpenIDs are nobody. */
function readWanted(actor: Actor, rules: ActorRules): Wanted {
  const nobody = { agentKey: agentKey(actor), ...NOTHING };
  if (actor.objectType === 'Group') return nobody;
  if (actor.mbox !== undefined)
    return rules.mailboxes ? { ...nobody, emails: [actor.mbox.slice('mailto:'.length)] } : nobody;
  const { account } = actor;
  if (!account) return nobody;
  const kinds = rules.accounts
    .filter(({ homePage }) => homePage === account.homePage)
    .map(({ name }) => name);
  return {
    ...nobody,
    subs: kinds.includes('sub') ? [account.name] : [],
    sisIds: kinds.includes('id-number') ? [account.name] : [],
  };
}

function isMeant({ sub, sisId, email }: User, { subs, sisIds, emails }: Wanted): boolean {
  return (
    subs.includes(sub) ||
    (sisId !== null && sisIds.includes(sisId)) ||
    (email !== null && emails.includes(email))
  );
}
