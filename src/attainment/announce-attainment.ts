// Tells the LRS of achievements and of their withdrawal. What was told already is read from the outbox, never remembered
// here, so that a rebuild or a second run says nothing twice. The enqueued statement is the fact; the record follows it.
import { describeCompetency } from '../activities/describe-object.js';
import type { StatementSource } from '../activities/statement-source.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import { listOutboxStatements } from '../outbox/outbox-statement.model.js';
import { buildInstanceActor } from '../xapi/actor.js';
import { achievedStatement, revokedStatement } from '../xapi/competency-templates.js';
import type { Attainment } from './attainment-row.model.js';
import type { AttainmentScope } from './plan-attainment.js';

/** Enqueues `achieved` and `revoked` for one learner's changed attainments, where the outbox says otherwise. Idempotent. */
export async function announceAttainments(options: {
  deployment: string;
  user: string;
  attainments: readonly Attainment[];
  tree: FrameworkTree;
  source: StatementSource;
  now: Date;
}): Promise<void> {
  const { deployment, user, attainments } = options;
  if (attainments.length === 0) return;
  const objectIds = attainments.map(announcementKey);
  const told = await listOutboxStatements({
    deployment,
    user,
    kinds: ['achieved', 'revoked'],
    objectIds,
  });
  for (const attainment of attainments) {
    const key = announcementKey(attainment);
    const achieved = told.filter(
      ({ about }) => about.objectId === key && about.kind === 'achieved',
    ).length;
    const revoked = told.filter(
      ({ about }) => about.objectId === key && about.kind === 'revoked',
    ).length;
    const isTold = achieved > revoked;
    if (attainment.status === 'achieved' && !isTold)
      await announceAchieved({ ...options, attainment, attempt: revoked + 1 });
    if (attainment.status !== 'achieved' && isTold)
      await announceRevoked({ ...options, attainment, attempt: achieved });
  }
}

/** Names learner's item and scope in the outbox; also the object id by which an achievement is found there. */
function announcementKey({ scope, item }: { scope: AttainmentScope; item: string }): string {
  return `${scope.kind}/${scope.id}/${item}`;
}

interface Announcement {
  deployment: string;
  user: string;
  tree: FrameworkTree;
  source: StatementSource;
  now: Date;
  attainment: Attainment;
  attempt: number;
}

async function announceAchieved(options: Announcement): Promise<void> {
  const { deployment, user, tree, source, now, attainment, attempt } = options;
  const key = announcementKey(attainment);
  const id = await source.deriveId('achieved', user, key, attempt);
  const evidence = attainment.achievedBy.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  const statement = achievedStatement({
    id,
    setting: await settingOf(options, attainment.achievedAt ?? now),
    ...describeCompetency(tree, attainment.item),
    evidenceStatement: evidence?.statementId ?? null,
    rule: {
      scope: attainment.scope.kind,
      required: attainment.required,
      assessed: attainment.assessedRequired,
      source: attainment.ruleSource,
      selfReported: attainment.selfReported,
    },
    ...(attainment.score === null ? {} : { score: { scaled: attainment.score } }),
  });
  await enqueueStatement({
    deployment,
    user,
    statement,
    about: aboutOf({ kind: 'achieved', attainment, attempt }),
    now,
  });
}

async function announceRevoked(options: Announcement): Promise<void> {
  const { deployment, user, tree, source, now, attainment, attempt } = options;
  const key = announcementKey(attainment);
  const statement = revokedStatement({
    id: await source.deriveId('revoked', user, key, attempt),
    setting: await settingOf(options, attainment.withdrawnAt ?? now),
    competency: describeCompetency(tree, attainment.item).competency,
    achievedStatement: await source.deriveId('achieved', user, key, attempt),
    revoker: buildInstanceActor({ url: source.url }),
  });
  await enqueueStatement({
    deployment,
    user,
    statement,
    about: aboutOf({ kind: 'revoked', attainment, attempt }),
    now,
  });
}

function settingOf({ deployment, user, tree, source, attainment }: Announcement, timestamp: Date) {
  const course = attainment.scope.kind === 'course' ? attainment.scope.id : null;
  return source.settingFor({
    deployment,
    user,
    course,
    learnerIn: course,
    language: tree.framework.language,
    framework: tree.framework,
    objectId: attainment.item,
    timestamp,
  });
}

function aboutOf(options: {
  kind: 'achieved' | 'revoked';
  attainment: Attainment;
  attempt: number;
}) {
  const { kind, attainment, attempt } = options;
  const { scope } = attainment;
  return {
    kind,
    course: scope.kind === 'course' ? scope.id : null,
    objectId: announcementKey(attainment),
    attempt,
  };
}
