// The statements behind a number: those that count for a competency with those that do not and why, or all that are
// evidence in the course. Only people of the cohort; what a number counts is exactly what its list holds.
import type { ExclusionReason } from '../attainment/explain-excluded.js';
import { listAttainments } from '../attainment/attainment.model.js';
import { listEvidence } from '../attainment/evidence.model.js';
import type { Evidence } from '../attainment/evidence.js';
import type { EvidenceKind } from '../xapi/evidence-claim.js';
import { readStanding } from './learner-status.js';

/** Seen, but nothing finished: an opening is no evidence for anything. */
const NEVER_LISTED: ExclusionReason = 'not-completed';

export interface EvidenceRow {
  statementId: string;
  user: string;
  kind: EvidenceKind;
  title: string;
  objectId: string;
  at: Date;
  /** Why it does not count; null where it does. */
  reason: ExclusionReason | null;
}

export interface EvidenceFilter {
  item: string | null;
  user: string | null;
  activity: string | null;
}

/** Newest first. */
export async function listEvidenceRows(options: {
  deployment: string;
  course: string;
  cohort: string[];
  filter: EvidenceFilter;
}): Promise<EvidenceRow[]> {
  const { deployment, course, filter } = options;
  const cohort = new Set(options.cohort);
  const users = filter.user === null ? {} : { users: [filter.user] };
  const place = { deployment, course, ...users };
  const rows =
    filter.item === null
      ? await listOfCourse({ ...place, activity: filter.activity })
      : await listOfItem({ ...place, item: filter.item });
  return rows
    .filter((row) => cohort.has(row.user))
    .filter((row) => filter.activity === null || row.objectId === filter.activity)
    .sort((a, b) => b.at.getTime() - a.at.getTime() || (a.statementId < b.statementId ? -1 : 1));
}

interface Place {
  deployment: string;
  course: string;
  users?: string[];
}

async function listOfCourse(options: Place & { activity: string | null }): Promise<EvidenceRow[]> {
  const { activity, ...place } = options;
  const evidence = await listEvidence({
    ...place,
    ...(activity === null ? {} : { objectIds: [activity] }),
  });
  return evidence
    .filter((one) => one.completes)
    .map((one) => toRow(one, one.withdrawn === null ? null : 'withdrawn'));
}

async function listOfItem(options: Place & { item: string }): Promise<EvidenceRow[]> {
  const { deployment, course, users, item } = options;
  const attainments = await listAttainments({
    deployment,
    scope: { kind: 'course', id: course },
    items: [item],
    ...(users === undefined ? {} : { users }),
  });
  const reasons = new Map<string, ExclusionReason>();
  const rows = attainments.flatMap((attainment): EvidenceRow[] => {
    const { statements, notCounted } = readStanding(attainment);
    for (const { statementId, reason } of notCounted) {
      if (reason !== NEVER_LISTED) reasons.set(statementId, reason);
    }
    return statements.map(({ statementId, kind, title, objectId, at }) => ({
      statementId,
      kind,
      title,
      objectId,
      at,
      user: attainment.user,
      reason: null,
    }));
  });
  const counted = new Set(rows.map(({ statementId }) => statementId));
  const others = [...reasons.keys()].filter((id) => !counted.has(id));
  const evidence =
    others.length === 0 ? [] : await listEvidence({ deployment, statementIds: others });
  return [...rows, ...evidence.map((one) => toRow(one, reasons.get(one.statementId) ?? null))];
}

function toRow(evidence: Evidence, reason: ExclusionReason | null): EvidenceRow {
  const { statementId, user, kind, title, objectId, at } = evidence;
  return { statementId, user, kind, title, objectId, at, reason };
}
