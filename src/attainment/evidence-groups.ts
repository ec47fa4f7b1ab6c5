// All of a learner's evidence, competency by competency, with what each piece counts for in both answers and why not. Pure.
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { itemHref } from '../library/framework-view.js';
import type { EvidenceKind } from '../xapi/evidence-claim.js';
import type { Attainment } from './attainment-row.model.js';
import { formatScore, hrefOf } from './evidence-view.js';
import type { Evidence } from './evidence.js';
import { groupBy } from './group-by.js';

export interface EvidencePiece {
  title: string;
  href: string;
  kind: string;
  score: string | null;
  /** The level of a rating. */
  level: string | null;
  at: Date;
  /** Whether it counts, in words: in this course, in the framework. */
  inCourse: string;
  inFramework: string;
  isCounting: boolean;
  /** Who vouched or rated; null for the learner's own. */
  by: string | null;
  /** The work for review that was accepted. */
  workHref: string | null;
}

export interface EvidenceGroup {
  /** Null for what counts for no competency of this framework. */
  item: string | null;
  statement: string;
  href: string | null;
  status: Attainment['status'];
  pieces: EvidencePiece[];
}

/** In the framework's order, what counts for nothing last. `item` and `kind` narrow. */
export function buildEvidenceGroups(options: {
  tree: FrameworkTree;
  evidence: readonly Evidence[];
  /** Of this learner in this framework: of the course, and of the framework. */
  attainments: readonly Attainment[];
  course: string;
  people: ReadonlyMap<string, string>;
  /** Path of the accepted work by statement. */
  works: ReadonlyMap<string, string>;
  /** What a rating was called when it was given, by statement. */
  ratings: ReadonlyMap<string, string>;
  item: string | null;
  kind: EvidenceKind | null;
  words: Words;
  language: string;
}): EvidenceGroup[] {
  const { tree, evidence, attainments, kind, item, words } = options;
  const wanted = evidence.filter((one) => kind === null || one.kind === kind);
  const byId = new Map(wanted.map((one) => [one.statementId, one]));
  const byItem = groupBy(attainments, (one) => one.item);
  const placed = new Set<string>();
  const groups = tree.competencies.flatMap((competency): EvidenceGroup[] => {
    const answers = byItem.get(competency.identifier) ?? [];
    const found = [...new Set(answers.flatMap(listNamed))].flatMap((id) => byId.get(id) ?? []);
    for (const { statementId } of found) placed.add(statementId);
    if (found.length === 0) return [];
    return [
      {
        item: competency.identifier,
        statement: competency.fullStatement,
        href: itemHref(tree.framework.id, competency.identifier),
        status: answerOf(answers, 'framework')?.status ?? 'open',
        pieces: buildPieces({ ...options, evidence: found, answers }),
      },
    ];
  });
  const rest = wanted.filter(({ statementId }) => !placed.has(statementId));
  const others: EvidenceGroup = {
    item: null,
    statement: words('evidence:others'),
    href: null,
    status: 'open',
    pieces: buildPieces({ ...options, evidence: rest, answers: [] }),
  };
  const all = rest.length > 0 ? [...groups, others] : groups;
  return item === null ? all : all.filter((group) => group.item === item);
}

function buildPieces(
  options: Omit<Parameters<typeof buildEvidenceGroups>[0], 'attainments'> & {
    answers: readonly Attainment[];
  },
): EvidencePiece[] {
  const { evidence, answers, course, people, works, ratings, words, language } = options;
  const newest = [...evidence].sort((a, b) => b.at.getTime() - a.at.getTime());
  return newest.map((one) => {
    const inCourse =
      one.course === course ? reasonIn(one, answerOf(answers, 'course')) : 'other-course';
    const inFramework = reasonIn(one, answerOf(answers, 'framework'));
    return {
      title: one.title,
      href: hrefOf(one),
      kind: words(`attainment:evidence.kinds.${one.kind}`),
      score: one.score === null ? null : formatScore(one.score, language),
      level: ratings.get(one.statementId) ?? null,
      at: one.at,
      inCourse: words(`attainment:evidence.${inCourse}`),
      inFramework: words(`attainment:evidence.${inFramework}`),
      isCounting: inCourse === 'yes' || inFramework === 'yes',
      by: one.by === null ? null : (people.get(one.by) ?? null),
      workHref: works.get(one.statementId) ?? null,
    };
  });
}

/** `yes`, or why not. */
function reasonIn(evidence: Evidence, answer: Attainment | null): string {
  const { statementId, withdrawn, completes } = evidence;
  if (withdrawn !== null) return 'withdrawn';
  const isNamed = (pieces: readonly { statementId: string }[] = []) =>
    pieces.some((one) => one.statementId === statementId);
  if (isNamed(answer?.contributing) || isNamed(answer?.achievedBy)) return 'yes';
  const excluded = answer?.excluded.find((one) => one.statementId === statementId);
  if (excluded) return excluded.reason;
  return completes ? 'not-aligned' : 'not-completed';
}

function answerOf(
  answers: readonly Attainment[],
  kind: Attainment['scope']['kind'],
): Attainment | null {
  return answers.find(({ scope }) => scope.kind === kind) ?? null;
}

function listNamed({ contributing, achievedBy, excluded }: Attainment): string[] {
  return [...contributing, ...achievedBy, ...excluded].map(({ statementId }) => statementId);
}
