// Tells LRSs of an attestation, in the learner's name and with whoever vouches as instructor; and that it is taken back, by a
// voiding statement and one that says who did it. Idempotent: ids follow from the record, the first content stays. The reason stays in our record.
import { enqueueStatement, type NewStatement } from '../outbox/enqueue-statement.js';
import { attestedStatement, withdrawnStatement } from '../xapi/competency-templates.js';
import { voidingStatement } from '../xapi/statement-templates.js';
import type { Statement } from '../xapi/statement.js';
import {
  listUntoldAttestations,
  markAttestationTold,
  type Attestation,
} from './attestation.model.js';
import { findCompetencySubject, type CompetencySubject } from './find-competency-subject.js';
import { settingsOfJudgement } from './judgement-setting.js';
import type { StatementSource } from './statement-source.js';

const AT_ONCE = 50;
/** Younger ones are being told by the request that wrote them. */
const SETTLED_MS = 60_000;

interface Stating {
  attestation: Attestation;
  source: StatementSource;
}

interface Told {
  kind: 'attested' | 'withdrawn';
  attempt: number;
  now: Date;
}

/** Enqueues what the record means, then marks it as told. */
export async function stateAttestation(stating: Stating): Promise<void> {
  const { attestation } = stating;
  const { item, at, withdrawn } = attestation;
  const subject = await findCompetencySubject(attestation);
  const tell = (told: Pick<NewStatement, 'statement'> & Told) =>
    enqueueStatement({
      deployment: attestation.deployment,
      user: attestation.user,
      statement: told.statement,
      about: {
        kind: told.kind,
        course: attestation.course,
        objectId: item,
        attempt: told.attempt,
      },
      now: told.now,
    });
  if (subject)
    await tell({
      statement: await buildAttested(stating, subject),
      kind: 'attested',
      attempt: 1,
      now: at,
    });
  if (subject && withdrawn) {
    const { voiding, saying } = await buildWithdrawal(stating, { subject, withdrawn });
    const told = { attempt: 2, now: withdrawn.at };
    await tell({ ...told, statement: voiding, kind: 'attested' });
    await tell({ ...told, statement: saying, kind: 'withdrawn' });
  }
  await markAttestationTold({ attestation });
}

/** For what a stopped process left untold. Repeatable. */
export async function stateUntoldAttestations(options: {
  source: StatementSource;
  now: Date;
  signal?: AbortSignal;
}): Promise<void> {
  const { source, now, signal } = options;
  const before = new Date(now.getTime() - SETTLED_MS);
  for (const attestation of await listUntoldAttestations({ before, limit: AT_ONCE })) {
    if (signal?.aborted) return;
    await stateAttestation({ attestation, source });
  }
}

async function buildAttested(
  { attestation, source }: Stating,
  { framework, named }: CompetencySubject,
): Promise<Statement> {
  const { item, note, at, statementId } = attestation;
  const { learner, staff } = await settingsOfJudgement({
    source,
    judgement: attestation,
    framework,
    objectId: item,
    timestamp: at,
  });
  return attestedStatement({
    id: statementId,
    setting: learner,
    ...named,
    instructor: staff.actor,
    success: true,
    response: note,
  });
}

/** What takes it back, and what tells of that. */
async function buildWithdrawal(
  { attestation, source }: Stating,
  options: { subject: CompetencySubject; withdrawn: NonNullable<Attestation['withdrawn']> },
): Promise<{ voiding: Statement; saying: Statement }> {
  const { subject, withdrawn } = options;
  const { statementId } = attestation;
  const { learner, staff } = await settingsOfJudgement({
    source,
    judgement: { ...attestation, by: withdrawn.by },
    framework: subject.framework,
    objectId: attestation.item,
    timestamp: withdrawn.at,
  });
  return {
    voiding: voidingStatement({
      id: await source.deriveId('attestation-withdrawn', statementId),
      actor: staff.actor,
      voids: statementId,
      timestamp: withdrawn.at,
    }),
    saying: withdrawnStatement({
      id: await source.deriveId('attestation-withdrawal-told', statementId),
      setting: learner,
      ...subject.named,
      instructor: staff.actor,
      withdraws: statementId,
    }),
  };
}
