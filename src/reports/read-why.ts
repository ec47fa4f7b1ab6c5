// Why a learner stands where they stand in a competency: the answer in a sentence, the rule in words, what counted, what did
// not and why, each with its statement.
import { listAttestations } from '../activities/attestation.model.js';
import {
  readAttestationViews,
  readStaffNames,
  type AttestationView,
} from '../activities/attestation-view.js';
import { readRatingHistory } from '../activities/rating-history.js';
import { countLiveResources } from '../library/learning-resource.model.js';
import { getFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import type { Attainment } from '../attainment/attainment-row.model.js';
import { listItemAttainments } from '../attainment/attainment.model.js';
import { findRuleInForce } from '../attainment/completion-rule.js';
import { listRuleHistories } from '../attainment/completion-rule.model.js';
import type { Evidence } from '../attainment/evidence.js';
import { listEvidence } from '../attainment/evidence.model.js';
import {
  describeDemand,
  describeNeed,
  describeProgress,
  type ItemProgress,
} from '../attainment/progress-words.js';
import { readPageCoverage, readProgress } from '../attainment/read-progress.js';
import { describeRule } from '../attainment/rule-words.js';
import { AppError } from '../http/errors.js';
import type { LabelledLearner } from '../lti/read-cohort.js';
import type { ReportCompetency } from './attainment-report.js';
import { readLabelledCohort } from './build-answers.js';
import { readStanding } from './learner-status.js';
import { scopeOf, type ClassAnswer } from './read-class.js';
import { getCompetency } from './read-course.js';
import type { ReportRequest } from './report-request.js';

export interface WhyRow {
  statementId: string;
  title: string;
  kind: string;
  score: string | null;
  at: Date;
  /** Who vouched or rated; null for the learner's own work. */
  by: string | null;
  /** Why it does not count; null where it does. */
  reason: string | null;
  /** The statement has a page only where it is evidence of this course. */
  isOfCourse: boolean;
}

export interface Why {
  learner: LabelledLearner;
  competency: ReportCompetency;
  status: ItemProgress['status'];
  sentence: string;
  need: string | null;
  demand: string;
  rule: string;
  ruleSource: string;
  counted: WhyRow[];
  notCounted: WhyRow[];
  /** Something counts by a score that was given for the activity as a whole. */
  hasSharedScore: boolean;
  /** In this course, newest first. */
  attestations: AttestationView[];
  /** What was ever rated here, newest first. */
  ratings: string[];
}

/** Throws `report.no-learner` (404) for anyone but a learner of this course, `report.no-item` (404). */
export async function readWhy(
  request: ReportRequest,
  options: { user: string; item: string; answer: ClassAnswer; now: Date },
): Promise<Why> {
  const { words, reported } = request;
  const { user, item, answer } = options;
  const { deployment } = request.launch;
  const competency = getCompetency(reported, item);
  const learner = (await readLabelledCohort(request)).find((one) => one.user === user);
  if (!learner) throw new AppError('report.no-learner', { status: 404 });
  const scopes = [scopeOf(request, answer)];
  const [attainment = null] = await listItemAttainments({ deployment, scopes, user, item });
  const place = { deployment, course: request.launch.course, framework: reported.framework.id };
  const [progress, rule, evidence, attestations] = await Promise.all([
    readProgressOf(request, options, attainment),
    readRuleOf(request, options),
    listNamed({ deployment, user, attainment }),
    listAttestations({ ...place, user, item }),
  ]);
  const rows = await buildRows({ request, attainment, evidence });
  return {
    learner,
    competency,
    status: progress.status,
    sentence: describeProgress({ progress, words, language: request.language }),
    need: progress.n === 0 ? describeNeed({ progress, words }) : null,
    demand: describeDemand({ progress, words }),
    rule: describeRule(rule.rule, words),
    ruleSource: words(`attainment:rules.sources.${rule.source}`),
    counted: rows.filter(({ reason }) => reason === null),
    notCounted: rows.filter(({ reason }) => reason !== null),
    hasSharedScore: rows.some(({ reason, score, by }) => reason === null && score !== null && !by),
    ratings: await readRatingHistory({
      ...place,
      user,
      item,
      words,
      language: request.language,
    }),
    attestations: await readAttestationViews({
      attestations,
      words,
      language: request.language,
    }),
  };
}

interface Asked {
  user: string;
  item: string;
  answer: ClassAnswer;
  now: Date;
}

/** As the learner's own page says it, what is being counted still included. */
async function readProgressOf(
  request: ReportRequest,
  { user, item, answer, now }: Asked,
  attainment: Attainment | null,
): Promise<ItemProgress> {
  const { launch, reported } = request;
  const framework = reported.framework.id;
  const viewer = { deployment: launch.deployment };
  const [record, coverage, counts] = await Promise.all([
    getFramework({ framework, viewer }),
    readPageCoverage({ launch, framework }),
    countLiveResources({ framework, viewer }),
  ]);
  const tree = await readTree({ framework: record });
  const competencies = tree.competencies.filter(({ identifier }) => identifier === item);
  const progress = await readProgress({
    launch: { ...launch, user },
    scope: scopeOf(request, answer),
    tree: { ...tree, competencies },
    coverage,
    counts,
    now,
    standings: attainment === null ? [] : [attainment],
  });
  const found = progress.get(item);
  if (!found) throw new AppError('report.no-item', { status: 404 });
  return found;
}

async function readRuleOf({ launch, reported }: ReportRequest, { item, answer, now }: Asked) {
  const framework = reported.framework.id;
  const histories = await listRuleHistories({ deployment: launch.deployment, framework });
  const course = answer === 'course' ? launch.course : null;
  return findRuleInForce({ histories, framework, item, course, at: now });
}

/** All that the attainment names, newest first. */
async function listNamed(options: {
  deployment: string;
  user: string;
  attainment: Attainment | null;
}): Promise<Evidence[]> {
  const { deployment, user, attainment } = options;
  const named = [
    ...(attainment?.contributing ?? []),
    ...(attainment?.achievedBy ?? []),
    ...(attainment?.excluded ?? []),
  ];
  const statementIds = [...new Set(named.map(({ statementId }) => statementId))];
  return statementIds.length === 0 ? [] : listEvidence({ deployment, users: [user], statementIds });
}

async function buildRows(options: {
  request: ReportRequest;
  attainment: Attainment | null;
  evidence: readonly Evidence[];
}): Promise<WhyRow[]> {
  const { request, attainment, evidence } = options;
  const { words, launch, language } = request;
  const { notCounted } = readStanding(attainment ?? undefined);
  const reasons = new Map(notCounted.map(({ statementId, reason }) => [statementId, reason]));
  const users = evidence.flatMap(({ by }) => by ?? []);
  const names = await readStaffNames({ users, words });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  return evidence.map((one) => {
    const { statementId, title, kind, score, at, course, by } = one;
    const reason = reasons.get(statementId);
    return {
      statementId,
      title,
      kind: words(`reports:kinds.${kind}`),
      score: score === null ? null : percent.format(score),
      at,
      by: by === null ? null : (names.get(by) ?? null),
      reason: reason === undefined ? null : words(`reports:reasons.${reason}`),
      isOfCourse: course === launch.course,
    };
  });
}
