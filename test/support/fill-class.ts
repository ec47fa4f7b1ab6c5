// Fills the first course of a running product with as much as a large lecture has: activities and alignments by its pages,
// people and evidence by the rooms' own functions into its database, where its workers count them as any other. For
// screenshots with much data.
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { listActivities } from '../../src/activities/activity.model.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { loadModels } from '../../src/commands/load-models.js';
import { connectDatabase, disconnectDatabase } from '../../src/db/connect.js';
import { recordLaunchedMembership } from '../../src/lti/membership.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { recordUser } from '../../src/lti/user.model.js';
import { createLogger } from '../../src/logger.js';
import { addActivities, openCourse } from './acts.js';
import { testEngineUri } from './engine.js';
import type { Product } from './run-product.js';
import { visit } from './visit.js';

const COURSE = 'HIM 101 · Introduction to Health Information Management';
const ACTIVITIES = 36;
const LEARNERS = 160;
const KINDS = ['quiz', 'assignment', 'discussion', 'page'];
const STAGES = ['introduced', 'reinforced', 'mastered'];
const GIVEN = [
  'Ana',
  'Björn',
  '秀英',
  'Chukwuemeka',
  'Đặng Thị',
  'فاطمة',
  'José María',
  'Wolfgang',
];
const FAMILY = ['Ruiz Fernández', 'Þórsdóttir', '王', 'Okonkwo', 'Ngọc', 'الزهراء', 'Wu'];

export async function fillClass(product: Product): Promise<void> {
  await addAlignedActivities(product);
  await loadModels();
  const log = createLogger({ level: 'error' });
  const database = { uri: testEngineUri(), dbName: product.database, log, maxPoolSize: 4 };
  await connectDatabase(database);
  try {
    await addLearners();
  } finally {
    await disconnectDatabase();
  }
}

/** Two alignments each, with the competencies in their order and the stages in turn. */
async function addAlignedActivities(product: Product): Promise<void> {
  const { open, leave } = await visit({ product, person: 'Ruth Alvarez' });
  const tool = await open('Competencies');
  const whole = tool.getByRole('link', { name: 'Whole framework' });
  await whole.click();
  await whole.and(tool.locator('[aria-current]')).waitFor();
  const statements = await tool.locator('.tree-statement a').allInnerTexts();
  const titles = Array.from({ length: ACTIVITIES }, (_, index) => titleOf(index));
  await addActivities(
    tool,
    titles.map((title, index) => `${title}, ${addressOf(index)}, ${pick(KINDS, index)}`),
  );
  const rows = titles.flatMap((title, index) =>
    [index, index * 2 + 1].map((place, turn) =>
      [title, addressOf(index), pick(statements, place), pick(STAGES, index + turn)]
        .map((cell) => `"${cell.replaceAll('"', '""')}"`)
        .join(','),
    ),
  );
  await openCourse(tool);
  await tool.goto(tool.url().replace('/activities', '/alignments/imports'));
  const file = { name: 'alignments.csv', mimeType: 'text/csv' };
  const csv = ['activity,address,competency,stage', ...rows].join('\r\n');
  await tool.locator('input[type=file]').setInputFiles({ ...file, buffer: Buffer.from(csv) });
  await tool.locator('form:has(input[type=file]) button').click();
  await tool.locator('button[value=confirm]').click();
  await tool.locator('button[value=undo]').waitFor();
  await leave();
}

/** Of every four activities each learner did three; scores run evenly from 0 to 1, and one in four is without a score. */
async function addLearners(): Promise<void> {
  const { db } = mongoose.connection;
  const course = await db?.collection<CourseRow>('courses').findOne({ title: COURSE });
  if (!db || !course) throw new Error(`the product knows no course called “${COURSE}”`);
  const { _id, deployment, platform } = course;
  const known = await listActivities({ deployment, course: _id });
  const activities = known.filter(({ source }) => source === 'typed');
  const now = new Date();
  for (let learner = 0; learner < LEARNERS; learner += 1) {
    const sub = `lecture-${String(learner)}`;
    const user = userRecordId({ platform, sub });
    const name = `${pick(GIVEN, learner)} ${pick(FAMILY, learner * 3)}`;
    const unknown = { email: null, sisId: null, lmsId: null, testUser: false };
    await recordUser({ user, platform, sub, facts: { name, ...unknown }, now });
    const roles = { roles: ['Learner' as const], roleUris: [], testUser: false };
    await recordLaunchedMembership({ deployment, course: _id, user, ...roles, now });
    await recordEvidence({
      evidence: activities
        .filter((_activity, index) => (index + learner) % FOURTH !== 0)
        .map(({ id, title }, index) => {
          const score = ((index * SCORE_STEP + learner) % PERCENT) / PERCENT;
          const isScored = (index + learner) % FOURTH !== 1;
          return {
            statementId: randomUUID(),
            deployment,
            user,
            course: _id,
            objectId: id,
            objectKind: 'activity' as const,
            title,
            kind: isScored ? ('assessed' as const) : ('declared' as const),
            completes: true,
            imported: false,
            success: null,
            score: isScored ? score : null,
            at: now,
            item: null,
            by: null,
            withdrawn: null,
          };
        }),
    });
  }
}

interface CourseRow {
  _id: string;
  deployment: string;
  platform: string;
  title: string;
}

const FOURTH = 4;
const PERCENT = 100;
const SCORE_STEP = 37;

function titleOf(index: number): string {
  return `Week ${String(Math.floor(index / 3) + 1)}, part ${String((index % 3) + 1)}: ${pick(KINDS, index)} on records and what is kept in them`;
}

function addressOf(index: number): string {
  return `https://lms.example/mod/${String(index + 100)}`;
}

function pick<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}
