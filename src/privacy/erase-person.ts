// Carries an erasure out: ends the person's sessions, takes their statements out, then their files and records, then what is
// known of them. Each step can be repeated, and what a stop left is done by the next run: statements go before the records that
// name them, the keys of actors after the statements that are found by them, the person last.
import { listActorsOf } from '../activities/actor-key.model.js';
import { eraseScoresIn } from '../activities/erased-score.model.js';
import { eraseEvidence, listColumnsOf } from '../attainment/erased-evidence.model.js';
import { listEvidence } from '../attainment/evidence.model.js';
import {
  countPersonalRows,
  deletePersonalRows,
  eraseAmong,
  eraseAuthor,
} from '../db/personal-rows.js';
import { deleteFile } from '../files/delete-file.js';
import { listFilesOf } from '../files/stored-file.model.js';
import { findDeployment, listDeployments, withdrawRights } from '../lti/deployment.model.js';
import { eraseDocuments } from '../lrs/erased-statement.model.js';
import { hasLaunches } from '../lti/launch.model.js';
import { listMembershipsOf } from '../lti/membership.model.js';
import { revokePerson } from '../lti/revoke-session.js';
import { deleteUser } from '../lti/user.model.js';
import { sortStatementIds } from '../outbox/personal-statement.model.js';
import {
  eraseLateStatements,
  erasePersonStatements,
  type StatementEraser,
} from './erase-statements.js';
import {
  addErased,
  insertErasure,
  markErased,
  markSettled,
  type Erasure,
} from './erasure.model.js';

const FILES_AT_ONCE = 20;
/** Without these nothing would find what a stop left: they go when the rest is gone. */
const LAST = ['actorKeys', 'memberships'];

type EraseWork = StatementEraser & { erasure: Erasure };

/** In order. Tests stop between any two. */
export const ERASE_STEPS: readonly ((work: EraseWork) => Promise<void>)[] = [
  endSessions,
  erasePersonStatements,
  eraseFiles,
  eraseRecords,
  forgetPerson,
];

/** Does all steps, unless the signal aborts: then the next run goes on. */
export async function erasePerson(work: EraseWork): Promise<void> {
  const { erasure, now, signal } = work;
  for (const step of ERASE_STEPS) {
    if (signal?.aborted === true) return;
    await step(work);
  }
  if (signal?.aborted !== true) await markErased({ erasure, now: now() });
}

/**
 * Looks once more for what was under way while the erasure ran: a statement between the outbox and our LRS, evidence between
 * the LRS and its record. What the person did since is left alone.
 */
export async function settleErasure({ erasure }: { erasure: Erasure }): Promise<void> {
  const { deployment, user } = erasure;
  await eraseLateStatements({ erasure });
  const evidence = await listEvidence({ deployment, users: [user] });
  const statementIds = evidence.map(({ statementId }) => statementId);
  const { erased } = await sortStatementIds({ deployment, statementIds });
  if (erased.size > 0 || evidence.length === 0)
    await eraseEvidence({ deployment, user, statementIds: [...erased] });
  await markSettled({ erasure });
}

/** A course's retention ends no session: the person may be at work in another course. */
async function endSessions({ erasure }: EraseWork): Promise<void> {
  const { deployment, user, course } = erasure;
  if (course === null) await revokePerson({ user, border: deployment });
}

async function eraseFiles({ erasure, signal }: EraseWork): Promise<void> {
  const { deployment, user, course } = erasure;
  while (signal?.aborted !== true) {
    const page = await listFilesOf({ deployment, user, course, limit: FILES_AT_ONCE });
    if (page.length === 0) return;
    for (const { id: file } of page) await deleteFile({ deployment, file });
    await addErased({ erasure, counts: { storedFiles: page.length } });
  }
}

async function eraseRecords({ erasure }: EraseWork): Promise<void> {
  const { deployment, user, course } = erasure;
  const place = { deployment, user, course };
  // Before the values that tell which columns they are.
  if (course !== null) await eraseColumnScores({ deployment, user, course });
  await addErased({ erasure, counts: await deletePersonalRows({ ...place, except: LAST }) });
  if (course === null) await eraseNamed({ deployment, user });
  // What was computed across courses rested on this one as well.
  else await eraseEvidence({ deployment, user, statementIds: [] });
}

/** Scores that tell attainment belong to no statement, and to the course by their column. */
async function eraseColumnScores(of: {
  deployment: string;
  user: string;
  course: string;
}): Promise<void> {
  const { deployment, user } = of;
  await eraseScoresIn({ deployment, user, columns: await listColumnsOf(of) });
}

/** Where the person is one of several, and where they only did something. */
async function eraseNamed(of: { deployment: string; user: string }): Promise<void> {
  await eraseAmong(of);
  await eraseAuthor(of);
}

/** What is known of the person goes once no deployment of their platform holds more of them. */
async function forgetPerson({ erasure, now }: EraseWork): Promise<void> {
  const { deployment, user, course } = erasure;
  if (course === null) await withdrawRights({ deployment, user });
  if (course === null && !(await isHeldElsewhere({ deployment, user }))) {
    const actors = await listActorsOf({ deployment, user });
    await eraseDocuments({ agentKeys: actors.map(({ agentKey }) => agentKey) });
    await deleteUser({ user });
  }
  await addErased({ erasure, counts: await deletePersonalRows({ deployment, user, course }) });
  if (course !== null) await eraseWhoIsLeftNowhere({ erasure, now: now() });
}

/** Who is in no course any more, and never came without one, is nobody here: what is left of them goes as well. */
async function eraseWhoIsLeftNowhere(of: { erasure: Erasure; now: Date }): Promise<void> {
  const { erasure, now } = of;
  const { deployment, user, reason, by } = erasure;
  const memberships = await listMembershipsOf({ deployment, user });
  if (memberships.length > 0 || (await hasLaunches({ deployment, user }))) return;
  await insertErasure({ deployment, user, course: null, reason, by, now });
}

async function isHeldElsewhere(of: { deployment: string; user: string }): Promise<boolean> {
  const { deployment, user } = of;
  const own = await findDeployment({ deployment });
  const others = own === null ? [] : await listDeployments({ platform: own.platform });
  for (const { _id } of others) {
    if (_id === deployment) continue;
    const counts = await countPersonalRows({ deployment: _id, user });
    if (Object.keys(counts).length > 0) return true;
  }
  return false;
}
