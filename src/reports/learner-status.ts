// How one learner stands in one competency, as reports say it: achieved, completed by self-report (achieved on what the
// learner declared alone), in progress, attempted (tried, but nothing counts) or not started. Pure.
import type { ExclusionReason } from '../attainment/explain-excluded.js';
import type { ObjectKind } from '../attainment/evidence.js';
import type { EvidenceKind } from '../xapi/evidence-claim.js';

export type LearnerStatus = 'achieved' | 'selfReport' | 'progress' | 'attempted' | 'open';

export const STATUS_FILTERS = ['all', 'attempted', 'achieved', 'self-report', 'open'] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

export interface CountedStatement {
  statementId: string;
  objectId: string;
  objectKind: ObjectKind;
  title: string;
  kind: EvidenceKind;
  at: Date;
}

export interface NotCountedStatement {
  statementId: string;
  objectId: string;
  reason: ExclusionReason;
}

/** What of an attainment the reports read. */
export interface AttainmentFacts {
  user: string;
  item: string;
  status: 'open' | 'progress' | 'achieved';
  attempted: boolean;
  achievedAt: Date | null;
  n: number;
  required: number;
  selfReported: boolean;
  contributing: CountedStatement[];
  achievedBy: CountedStatement[];
  excluded: NotCountedStatement[];
}

export interface Standing {
  status: LearnerStatus;
  achievedAt: Date | null;
  n: number;
  required: number;
  kinds: EvidenceKind[];
  /** Each once, oldest first: what counts today and what counted when it was achieved. */
  statements: CountedStatement[];
  notCounted: NotCountedStatement[];
}

const NOTHING: Standing = {
  status: 'open',
  achievedAt: null,
  n: 0,
  required: 0,
  kinds: [],
  statements: [],
  notCounted: [],
};

/** Not started where there is no attainment. */
export function readStanding(attainment: AttainmentFacts | undefined): Standing {
  if (attainment === undefined) return NOTHING;
  const { achievedAt, n, required, excluded } = attainment;
  const statements = listCounted(attainment);
  const counted = new Set(statements.map(({ statementId }) => statementId));
  return {
    status: readStatus(attainment),
    achievedAt,
    n,
    required,
    kinds: [...new Set(statements.map(({ kind }) => kind))],
    statements,
    notCounted: excluded.filter(({ statementId }) => !counted.has(statementId)),
  };
}

/** Whether a standing is in one of the lists that the numbers of a report link to. */
export function isInFilter(status: LearnerStatus, filter: StatusFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'open') return status === 'open';
  if (filter === 'attempted') return status !== 'open';
  if (filter === 'self-report') return status === 'selfReport';
  return status === 'achieved' || status === 'selfReport';
}

function readStatus({ status, attempted, selfReported }: AttainmentFacts): LearnerStatus {
  if (status === 'achieved') return selfReported ? 'selfReport' : 'achieved';
  return status === 'open' && attempted ? 'attempted' : status;
}

function listCounted({ contributing, achievedBy }: AttainmentFacts): CountedStatement[] {
  const byId = new Map([...achievedBy, ...contributing].map((one) => [one.statementId, one]));
  return [...byId.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}
