// What the operator looks for among stored statements, as it is typed. Faults are keys of the catalogue. Pure.
import { z } from 'zod';
import type { StatementCriteria } from '../lrs/browse-statements.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const LONGEST = 2_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const IRI = /^[a-z][a-z0-9+.-]*:\S+$/i;
const Agent = z.union([
  z.object({ mbox: z.string().startsWith('mailto:') }),
  z.object({ mbox_sha1sum: z.string().regex(/^[0-9a-f]{40}$/i) }),
  z.object({ openid: z.string().regex(IRI) }),
  z.object({ account: z.object({ homePage: z.string().regex(IRI), name: z.string().min(1) }) }),
]);
type Agent = z.infer<typeof Agent>;

const text = z.string().trim().max(LONGEST).catch('');
const day = text.refine((value) => value === '' || isDay(value), 'stored-statements:fault.day');

/** `verbs` are short names of verbs, and their addresses. */
export function statementSearchForm(verbs: ReadonlyMap<string, string>) {
  return z
    .object({
      id: text.refine((id) => id === '' || UUID.test(id), 'stored-statements:fault.id'),
      agent: text.refine(
        (typed) => typed === '' || readAgent(typed) !== null,
        'stored-statements:fault.agent',
      ),
      verb: text.refine(
        (verb) => verb === '' || verbs.has(verb) || IRI.test(verb),
        'stored-statements:fault.verb',
      ),
      activity: text.refine(
        (iri) => iri === '' || IRI.test(iri),
        'stored-statements:fault.activity',
      ),
      related: text,
      since: day,
      until: day,
    })
    .transform(({ id, agent, verb, activity, related, since, until }): StatementCriteria => {
      const orNull = (value: string) => (value === '' ? null : value);
      return {
        id: orNull(id),
        agent: readAgent(agent),
        verb: verbs.get(verb) ?? orNull(verb),
        activity: orNull(activity),
        isRelated: related === 'yes',
        from: since === '' ? null : new Date(since),
        before: until === '' ? null : new Date(Date.parse(until) + DAY_MS),
      };
    });
}

/** An agent as JSON, an address of mail, an OpenID, or an account as its home page and its name. Null for none of them. */
function readAgent(typed: string): Agent | null {
  if (typed.startsWith('{')) return readJsonAgent(typed);
  const [homePage = '', ...name] = typed.split(/\s+/);
  if (name.length > 0)
    return IRI.test(homePage) ? { account: { homePage, name: name.join(' ') } } : null;
  if (/^(mailto:)?[^@\s]+@[^@\s]+$/i.test(typed))
    return { mbox: `mailto:${typed.replace(/^mailto:/i, '')}` };
  return /^https?:\/\//i.test(typed) ? { openid: typed } : null;
}

function readJsonAgent(typed: string): Agent | null {
  try {
    const read = Agent.safeParse(JSON.parse(typed));
    return read.success ? read.data : null;
  } catch {
    return null; // No JSON: the fault is told beside the field.
  }
}

function isDay(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
