// Tells LRSs of an attestation, in the learner's name and with whoever vouches as instructor; and that it is taken back, by a
// voiding statement. Idempotent: ids follow from the record, the first content stays. The reason stays in our record.
import { findFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { enqueueStatement } from '../outbox/enqueue-statement.js';
import { attestedStatement, voidingStatement } from '../xapi/statement-templates.js';
import type { Statement } from '../xapi/statement.js';
import {
  listUntoldAttestations,
  markAttestationTold,
  type Attestation,
} from './attestation.model.js';
import { settingsOfJudgement } from './judgement-setting.js';
import type { StatementSource } from './statement-source.js';

const AT_ONCE = 50;
/** Younger ones are being told by the request that wrote them. */
const SETTLED_MS = 60_000;

interface Stating {
  attestation: Attestation;
  source: StatementSource;
}

/** Enqueues what the record means, then marks it as told. */
export async function stateAttestation(stating: Stating): Promise<void> {
  const { attestation } = stating;
  const { item, at, withdrawn } = attestation;
  const attested = await buildAttested(stating);
  const tell = (statement: Statement, attempt: number, now: Date) =>
    enqueueStatement({
      deployment: attestation.deployment,
      user: attestation.user,
      statement,
      about: { kind: 'attested', course: attestation.course, objectId: item, attempt },
      now,
    });
  if (attested) await tell(attested.statement, 1, at);
  if (attested && withdrawn) await tell(await buildVoiding(stating, withdrawn), 2, withdrawn.at);
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

/** Null where the framework or the competency is gone: then there is nothing left to vouch for. */
async function buildAttested({
  attestation,
  source,
}: Stating): Promise<{ statement: Statement } | null> {
  const { deployment, item, note, at, statementId } = attestation;
  const framework = await findFramework({
    framework: attestation.framework,
    viewer: { deployment },
  });
  const found = framework && (await readTree({ framework })).items.get(item);
  if (!framework || !found) return null;
  const { learner, staff } = await settingsOfJudgement({
    source,
    judgement: attestation,
    framework,
    objectId: item,
    timestamp: at,
  });
  return {
    statement: attestedStatement({
      id: statementId,
      setting: learner,
      competency: { iri: found.uri, name: found.fullStatement },
      instructor: staff.actor,
      success: true,
      response: note,
    }),
  };
}

async function buildVoiding(
  { attestation, source }: Stating,
  withdrawn: NonNullable<Attestation['withdrawn']>,
): Promise<Statement> {
  const { staff } = await settingsOfJudgement({
    source,
    judgement: { ...attestation, by: withdrawn.by },
    framework: null,
    objectId: attestation.item,
    timestamp: withdrawn.at,
  });
  return voidingStatement({
    id: await source.deriveId('attestation-withdrawn', attestation.statementId),
    actor: staff.actor,
    voids: attestation.statementId,
    timestamp: withdrawn.at,
  });
}
