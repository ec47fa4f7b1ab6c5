// A learner's own part of a competency's page: both answers in words, what is still needed, and the evidence with its
// statements, also what is being counted still.
import { listAttestations } from '../activities/attestation.model.js';
import { readAttestationViews, type AttestationView } from '../activities/attestation-view.js';
import { isLearner, type CourseLaunch } from '../activities/complete-object.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { listItemAttainments } from './attainment.model.js';
import type { AttainmentScope } from './plan-attainment.js';
import { buildEvidenceRows, type EvidenceRow } from './evidence-view.js';
import { listEvidence } from './evidence.model.js';
import {
  describeDemand,
  describeNeed,
  describeProgress,
  type ItemProgress,
} from './progress-words.js';
import { listOthers, listUncounted, readProgress, type Coverage } from './read-progress.js';

const MAX_EVIDENCE = 50;

export interface ItemProgressPage {
  answers: {
    key: string;
    heading: string;
    status: string;
    sentence: string;
    demand: string;
    need: string | null;
  }[];
  evidence: EvidenceRow[];
  /** Who vouched for the learner here, and why. */
  attestations: AttestationView[];
}

/** Null for staff and for items that are no competency. */
export async function buildItemProgressPage(options: {
  launch: CourseLaunch;
  tree: FrameworkTree;
  item: TreeItem;
  coverage: Coverage;
  counts: ReadonlyMap<string, number>;
  now: Date;
  words: Words;
  language: string;
}): Promise<ItemProgressPage | null> {
  const { launch, tree, item, words } = options;
  if (!isLearner(launch) || item.CFItemType !== 'Competency') return null;
  const { deployment, user, course } = launch;
  const scopes: { key: string; scope: AttainmentScope }[] = [
    { key: 'inCourse', scope: { kind: 'course', id: course } },
    { key: 'inFramework', scope: { kind: 'framework', id: tree.framework.id } },
  ];
  const only = { ...tree, competencies: [item] };
  const [uncounted, attestations, attainments] = await Promise.all([
    listUncounted({ launch }),
    listAttestations({
      deployment,
      course,
      user,
      framework: tree.framework.id,
      item: item.identifier,
    }),
    listItemAttainments({
      deployment,
      scopes: scopes.map(({ scope }) => scope),
      user,
      item: item.identifier,
    }),
  ]);
  const answers = await Promise.all(
    scopes.map(async ({ key, scope }) => {
      const standings = attainments.filter((one) => one.scope.kind === scope.kind);
      const known = { tree: only, scope, uncounted, standings };
      const progress = (await readProgress({ ...options, ...known })).get(item.identifier);
      return progress ? [describeAnswer({ key, progress, words, language: options.language })] : [];
    }),
  );
  const stored = attainments.find(({ scope }) => scope.kind === 'framework');
  const named = [
    ...(stored?.contributing ?? []),
    ...(stored?.achievedBy ?? []),
    ...(stored?.excluded ?? []),
  ];
  const statementIds = [...new Set(named.map(({ statementId }) => statementId))];
  const evidence =
    statementIds.length === 0
      ? []
      : await listEvidence({ deployment, users: [user], statementIds, limit: MAX_EVIDENCE });
  const pending = uncounted.filter(({ statement }) => listOthers(statement).includes(item.uri));
  return {
    answers: answers.flat(),
    attestations: await readAttestationViews({ attestations, words, language: options.language }),
    evidence: buildEvidenceRows({
      evidence,
      pending,
      attainment: stored ?? null,
      words,
      language: options.language,
    }),
  };
}

function describeAnswer(options: {
  key: string;
  progress: ItemProgress;
  words: Words;
  language: string;
}): ItemProgressPage['answers'][number] {
  const { key, progress, words, language } = options;
  return {
    key,
    heading: words(`attainment:item.${key}`),
    status: progress.status,
    sentence: describeProgress({ progress, words, language }),
    demand: describeDemand({ progress, words }),
    // Once something is done the sentence says what is missing.
    need: progress.n === 0 ? describeNeed({ progress, words }) : null,
  };
}
