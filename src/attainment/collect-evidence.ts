// Evidence of a page of statements: reads what each claims and finds people, activities, resources and competencies of ours
// in a few queries for all. What proves nothing here is left out.
import { listActors, type KnownActor } from '../activities/actor-key.model.js';
import { listActivitiesByIri } from '../activities/activity.model.js';
import { findItemsByUri, type NamedItem } from '../frameworks/find-items-by-uri.js';
import { listResources } from '../library/learning-resource.model.js';
import { agentKey } from '../xapi/actor.js';
import { readEvidenceClaim, type EvidenceClaim } from '../xapi/evidence-claim.js';
import type { Actor, Statement } from '../xapi/statement.js';
import { VERBS } from '../xapi/vocabulary.js';
import { readEvidence, type Evidence, type KnownObject } from './evidence.js';
import { groupBy } from './group-by.js';
import type { FeedEntry } from './projection.js';
import { describeActivity } from './tied-objects.js';

interface Claimed {
  statement: Statement & { id: string };
  stored: Date;
  claim: EvidenceClaim;
}

/** Voiding statements are not for here: they withdraw. */
export async function collectEvidence(entries: readonly FeedEntry[]): Promise<Evidence[]> {
  const claimed = entries.flatMap(({ statement, stored }): Claimed[] => {
    const claim = readEvidenceClaim(statement);
    if ('reason' in claim || statement.id === undefined) return [];
    return [{ statement: { ...statement, id: statement.id }, stored, claim }];
  });
  const actors = await listActors({ agentKeys: listAgentKeys(claimed) });
  const deployments = [...new Set(actors.map(({ deployment }) => deployment))];
  const items = await findItems({ claimed, deployments });
  const iris = [...new Set(claimed.map(({ claim }) => claim.objectIri))];
  const objects = await findObjects({ iris, deployments, items });
  const actorsByKey = groupBy(actors, (actor) => actor.agentKey);
  const personOf = (actor: Actor | null): KnownActor[] =>
    (actor === null ? undefined : actorsByKey.get(agentKey(actor))) ?? [];
  return claimed.flatMap((one) => {
    const { claim } = one;
    const rated = claim.itemIri === null ? undefined : items.get(claim.itemIri);
    const read = readEvidence({
      ...one,
      actors: personOf(claim.actor),
      object: objects.get(claim.objectIri),
      ratedItem: rated && { framework: rated.framework, item: rated.item },
      instructors: personOf(claim.instructor),
    });
    return 'reason' in read ? [] : [read];
  });
}

function listAgentKeys(claimed: Claimed[]): string[] {
  const people = claimed.flatMap(({ claim: { actor, instructor } }) =>
    instructor === null ? [actor] : [actor, instructor],
  );
  return [...new Set(people.map(agentKey))].filter((key) => key !== '');
}

/** Competencies that attestations are about and that ratings name, as one of the deployments sees them. */
async function findItems(options: {
  claimed: Claimed[];
  deployments: string[];
}): Promise<Map<string, NamedItem>> {
  const { claimed, deployments } = options;
  const uris = new Set(
    claimed.flatMap(({ statement, claim }) => [
      ...(statement.verb.id === VERBS.attested ? [claim.objectIri] : []),
      ...(claim.itemIri === null ? [] : [claim.itemIri]),
    ]),
  );
  const items = new Map<string, NamedItem>();
  for (const deployment of uris.size === 0 ? [] : deployments)
    for (const [uri, item] of await findItemsByUri({ uris: [...uris], viewer: { deployment } }))
      items.set(uri, item);
  return items;
}

/** Our activities, resources and competencies among the IRIs; a resource as one of the deployments sees it. */
export async function findObjects(options: {
  iris: readonly string[];
  deployments: readonly string[];
  items: ReadonlyMap<string, NamedItem>;
}): Promise<Map<string, KnownObject>> {
  const { iris, deployments, items } = options;
  const objects = new Map<string, KnownObject>();
  for (const [iri, { framework, item, title }] of items)
    objects.set(iri, {
      iri,
      objectId: item,
      objectKind: 'item',
      title,
      item: { framework, item },
      place: null,
    });
  for (const activity of await listActivitiesByIri({ iris })) {
    const { activityId: iri, deployment, course } = activity;
    const place = { deployment, course };
    objects.set(iri, { iri, ...describeActivity(activity), item: null, place });
  }
  const ids = iris.flatMap((iri) => /\/resources\/([A-Za-z0-9-]+)$/.exec(iri)?.[1] ?? []);
  for (const deployment of ids.length === 0 ? [] : deployments) {
    for (const { iri, id, title } of await listResources({ ids, viewer: { deployment } })) {
      objects.set(iri, {
        iri,
        objectId: id,
        objectKind: 'resource',
        title,
        item: null,
        place: null,
      });
    }
  }
  return objects;
}
