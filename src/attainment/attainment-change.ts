// What differs between a computed attainment and the stored record of it, told by marks: a short hash of each part of a record
// stands in the record, so that comparing reads three words and not what the answer rests on. The parts are those that
// change for different reasons: what is asked (rule and ties), how the learner stands, and by which evidence. Pure.
import { createHash } from 'node:crypto';
import type { Attainment, AttainmentMarks } from './attainment-row.model.js';
import type { ContributingEvidence } from './weigh-evidence.js';

export interface AttainmentChange {
  id: string;
  attainment: Attainment;
  marks: AttainmentMarks;
  /** Which parts are to be written; the whole record where none of it is known. */
  parts: 'all' | readonly (keyof AttainmentMarks)[];
}

/** Of base64: 96 bits, more than any two versions of a record will ever share by chance. */
const MARK_LENGTH = 16;
const PARTS: readonly (keyof AttainmentMarks)[] = ['demand', 'standing', 'pieces'];

/** Id of the record: one a learner, scope and item. */
export function attainmentId(
  one: Pick<Attainment, 'deployment' | 'user' | 'scope' | 'item'>,
): string {
  return `${one.deployment}/${one.user}/${one.scope.kind}/${one.scope.id}/${one.item}`;
}

/** Null where everything but the time of computing is as stored; `known` is null where nothing is stored, or no marks. */
export function compareAttainment(
  attainment: Attainment,
  known: AttainmentMarks | null,
): AttainmentChange | null {
  const marks = markAttainment(attainment);
  const changed = PARTS.filter((part) => marks[part] !== known?.[part]);
  if (changed.length === 0) return null;
  const parts = known === null ? 'all' : changed;
  return { id: attainmentId(attainment), attainment, marks, parts };
}

/** The fields of one part of a record. */
export function pickPart(one: Attainment, part: keyof AttainmentMarks): Partial<Attainment> {
  if (part === 'demand') {
    const { framework, m, required, assessedRequired, missing, parameters } = one;
    const { ruleSource, ruleRevision } = one;
    return {
      framework,
      m,
      required,
      assessedRequired,
      missing,
      ruleSource,
      ruleRevision,
      parameters,
    };
  }
  if (part === 'standing') {
    const { status, attempted, n, assessedDone, selfReported } = one;
    const { score, mastery, achievedAt, withdrawnAt } = one;
    return {
      status,
      attempted,
      n,
      assessedDone,
      selfReported,
      score,
      mastery,
      achievedAt,
      withdrawnAt,
    };
  }
  const { contributing, achievedBy, excluded } = one;
  return { contributing, achievedBy, excluded };
}

/** Hashes of flat lists: cheap to write down, and the same for the same values. */
function markAttainment(one: Attainment): AttainmentMarks {
  const { missing, mastery, parameters } = one;
  return {
    demand: hash([
      one.framework,
      one.m,
      one.required,
      one.assessedRequired,
      missing.more,
      missing.assessed,
      one.ruleSource,
      one.ruleRevision,
      JSON.stringify(parameters),
    ]),
    standing: hash([
      one.status,
      one.attempted,
      one.n,
      one.assessedDone,
      one.selfReported,
      one.score,
      mastery && JSON.stringify(mastery),
      one.achievedAt && one.achievedAt.getTime(),
      one.withdrawnAt && one.withdrawnAt.getTime(),
    ]),
    pieces: hash([
      ...one.contributing.flatMap(listValues),
      null,
      ...one.achievedBy.flatMap(listValues),
      null,
      ...one.excluded.flatMap(({ statementId, objectId, reason }) => [
        statementId,
        objectId,
        reason,
      ]),
    ]),
  };
}

function listValues(piece: ContributingEvidence): Flat[] {
  const { statementId, objectId, objectKind, kind, at, title, score } = piece;
  return [statementId, objectId, objectKind, kind, at.getTime(), title, score];
}

type Flat = string | number | boolean | null;

function hash(values: readonly Flat[]): string {
  return createHash('sha1').update(JSON.stringify(values)).digest('base64').slice(0, MARK_LENGTH);
}
