// Empties a test platform: sessions, people, courses, launches, statements in the outbox and in our own LRS, evidence and
// attainment go; the registration stays. Composition only, and in a process that knows every stored shape: the server does,
// commands load them. Another LRS never had these data.
import { deleteWithdrawals } from './attainment/evidence.model.js';
import { deleteRowsOf } from './db/delete-rows.js';
import { AppError } from './http/errors.js';
import { withdrawStatements } from './lrs/lrs-statement.model.js';
import { listDeployments } from './lti/deployment.model.js';
import { findPlatform } from './lti/platform.model.js';
import { revokeDeployment } from './lti/revoke-session.js';
import { listStatementIdsOf, withdrawOutboxStatements } from './outbox/outbox-statement.model.js';

const BATCH = 500;

export type EmptyTestData = (options: { platform: string }) => Promise<Record<string, number>>;

/**
 * How many rows went, by collection. Repeatable: a stop in between leaves less to do. Throws `admin.not-found` (404) and, for
 * a platform of the school itself, `platform.not-test` (409).
 */
export const emptyTestData: EmptyTestData = async ({ platform }) => {
  const found = await findPlatform({ platform });
  if (!found) throw new AppError('admin.not-found', { status: 404 });
  if (found.kind !== 'test')
    throw new AppError('platform.not-test', { status: 409, values: { platform: found.name } });
  const deployments = (await listDeployments({ platform })).map(({ _id }) => _id);
  let sessions = 0;
  for (const deployment of deployments) sessions += await revokeDeployment({ deployment });
  const statements = await emptyStatements(deployments);
  const rows = await deleteRowsOf({ platform, deployments });
  return { ...rows, ...(sessions > 0 && { sessions }), ...(statements > 0 && { statements }) };
};

/** The LRS first: while the outbox names a statement, a stop in between is made good by doing it again. */
async function emptyStatements(deployments: string[]): Promise<number> {
  let count = 0;
  for (;;) {
    const statementIds = await listStatementIdsOf({ deployments, limit: BATCH });
    if (statementIds.length === 0) return count;
    await withdrawStatements({ statementIds });
    await deleteWithdrawals({ statementIds });
    await withdrawOutboxStatements({ deployments, statementIds });
    count += statementIds.length;
  }
}
