// Evidence: what a statement is worth as a proof about one of our objects, or the reason why it is none. Says what it is:
// declared (the learner marked it), observed (opened, launched, no score), assessed (a score) or attested (a person).
// An attestation speaks for the competency it is about,
// a rating for the one it names; for which items other evidence speaks, the ties of its object decide, not this file. Pure.
import type { KnownActor } from '../activities/actor-key.model.js';
import type { EvidenceClaim, EvidenceKind } from '../xapi/evidence-claim.js';
import type { Score, Statement } from '../xapi/statement.js';
import { VERBS } from '../xapi/vocabulary.js';

/** What evidence is about: an activity or resource, or (an attestation) the competency itself. */
export type ObjectKind = 'activity' | 'resource' | 'item';

/** One competency of one framework. */
export interface FrameworkItem {
  framework: string;
  item: string;
}

export interface Evidence {
  statementId: string;
  deployment: string;
  user: string;
  /** The course it was done in; null for what another tool stated outside any course of ours. */
  course: string | null;
  objectId: string;
  objectKind: ObjectKind;
  title: string;
  /** The one competency it speaks for (an attestation, a rating); null where it speaks for all its object is tied to. */
  item: FrameworkItem | null;
  /** Who vouches or rates, where we know them; null for the learner's own work. */
  by: string | null;
  kind: EvidenceKind;
  /** False for an opening or a launch: seen, but nothing finished. */
  completes: boolean;
  /** True for a score that a person brought in from a gradebook file. */
  imported: boolean;
  /** `result.success`; null where the statement does not say. */
  success: boolean | null;
  /** 0 to 1; null without a score. */
  score: number | null;
  /** The evidence source whose tool said it; absent for what we said ourselves. */
  source?: string;
  /** The earlier of timestamp and stored. */
  at: Date;
  withdrawn: { at: Date; statementId: string } | null;
}

/** An object of ours that statements name by its IRI. */
export interface KnownObject {
  iri: string;
  objectId: string;
  objectKind: ObjectKind;
  title: string;
  /** The competency that the object is; null for activities and resources. */
  item: FrameworkItem | null;
  /** Deployment and course of an activity; null for a resource and a competency. */
  place: { deployment: string; course: string } | null;
}

export type NoEvidence = 'unknown-object' | 'unknown-item' | 'unknown-actor' | 'no-learner';

/** Reads evidence from a statement's claim, or says why it proves nothing here. */
export function readEvidence(options: {
  statement: Statement & { id: string };
  stored: Date;
  claim: EvidenceClaim;
  /** Who the actor is here, in each deployment that knows them. */
  actors: readonly KnownActor[];
  object: KnownObject | undefined;
  /** The competency that a rating names, where it is one of ours. */
  ratedItem: FrameworkItem | undefined;
  /** Who the person that vouches or rates is here, in each deployment that knows them. */
  instructors: readonly KnownActor[];
}): Evidence | { reason: NoEvidence } {
  const { statement, stored, claim, actors, object, ratedItem, instructors } = options;
  if (object === undefined) return { reason: 'unknown-object' };
  // What we said of an achievement, or another tool of a competency, is nobody's word for it.
  if (object.objectKind === 'item' && statement.verb.id !== VERBS.attested)
    return { reason: 'unknown-object' };
  // A score for one competency must never count for others because we do not know that one.
  if (claim.itemIri !== null && ratedItem === undefined) return { reason: 'unknown-item' };
  const known = actors.filter(
    ({ deployment }) => object.place === null || deployment === object.place.deployment,
  );
  if (known.length === 0) return { reason: 'unknown-actor' };
  const course = object.place?.course ?? findCourse(statement, known);
  const learner = known.find(({ learnerIn }) =>
    course === null ? learnerIn.length > 0 : learnerIn.includes(course),
  );
  if (learner === undefined) return { reason: 'no-learner' };
  return {
    statementId: statement.id,
    deployment: learner.deployment,
    user: learner.user,
    course,
    objectId: object.objectId,
    objectKind: object.objectKind,
    title: object.title,
    item: object.item ?? ratedItem ?? null,
    by: instructors.find(({ deployment }) => deployment === learner.deployment)?.user ?? null,
    kind: claim.kind,
    completes: claim.completion,
    imported: claim.imported,
    success: claim.success,
    score: scaleScore(claim.score),
    at: earlierOf(statement.timestamp, stored),
    withdrawn: null,
  };
}

/** A course of ours in which the actor is known, among what the statement is grouped under. */
function findCourse(statement: Statement, known: readonly KnownActor[]): string | null {
  const grouping = statement.context?.contextActivities?.grouping ?? [];
  const activities = Array.isArray(grouping) ? grouping : [grouping];
  const named = activities.flatMap(({ id }) => /\/courses\/([A-Za-z0-9-]+)$/.exec(id)?.[1] ?? []);
  return named.find((course) => known.some(({ learnerIn }) => learnerIn.includes(course))) ?? null;
}

/** `scaled`, or raw between min and max; negative scores count as none at all of it. */
function scaleScore(score: Score | null): number | null {
  if (score === null) return null;
  const scaled = score.scaled ?? scaleRaw(score);
  return scaled === null ? null : Math.min(1, Math.max(0, scaled));
}

function scaleRaw({ raw, min = 0, max }: Score): number | null {
  if (raw === undefined || max === undefined || max <= min) return null;
  return (raw - min) / (max - min);
}

function earlierOf(timestamp: string | undefined, stored: Date): Date {
  const said = timestamp === undefined ? NaN : Date.parse(timestamp);
  return Number.isNaN(said) || said > stored.getTime() ? stored : new Date(said);
}
