// Evidence as a table of sentences: what, of which kind, when, whether it counts and why not, and the statement's id. Pure.
import type { OutboxStatementRecord } from '../outbox/outbox-statement.model.js';
import { readEvidenceClaim } from '../xapi/evidence-claim.js';
import type { Words } from '../http/catalogue.js';
import type { Attainment } from './attainment-row.model.js';
import { countsAsDone } from './weigh-evidence.js';
import type { Evidence } from './evidence.js';

export interface EvidenceRow {
  title: string;
  /** Page of the object. */
  href: string;
  kind: string;
  score: string | null;
  at: Date;
  counts: string;
  statementId: string;
}

/** Newest first, what is being counted before all. With `attainment` it says whether each counts for that competency. */
export function buildEvidenceRows(options: {
  evidence: readonly Evidence[];
  pending: readonly OutboxStatementRecord[];
  attainment: Attainment | null;
  words: Words;
  language: string;
}): EvidenceRow[] {
  const { evidence, pending, attainment, words, language } = options;
  const waiting = pending.map((record) => buildPendingRow(record, words, language));
  return [
    ...waiting.reverse(),
    ...evidence.map((one) => buildRow(one, attainment, words, language)),
  ];
}

function buildRow(
  evidence: Evidence,
  attainment: Attainment | null,
  words: Words,
  language: string,
): EvidenceRow {
  const { title, kind, score, at, statementId } = evidence;
  return {
    title,
    href: hrefOf(evidence),
    kind: evidence.imported
      ? words('gradebook:importedKind', { kind: words(`attainment:evidence.kinds.${kind}`) })
      : words(`attainment:evidence.kinds.${kind}`),
    score: score === null ? null : formatScore(score, language),
    at,
    counts: words(`attainment:evidence.${countsReason(evidence, attainment)}`),
    statementId,
  };
}

/** Page of what the evidence is about. */
export function hrefOf({ objectKind, objectId, item }: Evidence): string {
  if (item !== null && objectKind === 'item')
    return `/frameworks/${item.framework}/items/${item.item}`;
  return `/${objectKind === 'resource' ? 'resources' : 'activities'}/${objectId}`;
}

function countsReason(evidence: Evidence, attainment: Attainment | null): string {
  if (evidence.withdrawn !== null) return 'withdrawn';
  const reason = attainment?.excluded.find(
    ({ statementId }) => statementId === evidence.statementId,
  )?.reason;
  if (reason !== undefined) return reason;
  if (!evidence.completes) return 'not-completed';
  return countsAsDone(evidence) ? 'yes' : 'not-passed';
}

function buildPendingRow(
  record: OutboxStatementRecord,
  words: Words,
  language: string,
): EvidenceRow {
  const { about, statement, createdAt, statementId } = record;
  const claim = readEvidenceClaim(statement);
  const scaled = statement.result?.score?.scaled;
  const definition = 'definition' in statement.object ? statement.object.definition : undefined;
  const isActivity = 'id' in statement.object && /\/activities\/[^/]+$/.test(statement.object.id);
  return {
    title: Object.values(definition?.name ?? {})[0] ?? about.objectId,
    href: `/${isActivity ? 'activities' : 'resources'}/${about.objectId}`,
    kind: 'reason' in claim ? '' : words(`attainment:evidence.kinds.${claim.kind}`),
    score: scaled === undefined ? null : formatScore(scaled, language),
    at: createdAt,
    counts: words('attainment:evidence.beingCounted'),
    statementId,
  };
}

/** `score` is a share, 0 to 1. */
export function formatScore(score: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(
    score,
  );
}
