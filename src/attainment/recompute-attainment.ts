// Computes attainment of some people in some items anew and stores what differs. Reads everything fresh and, where it wrote,
// looks again until what it computed from is what is stored, so that several workers at once end at the same place: whoever
// wrote from what was older sees that and writes once more. Therefore the inputs are read before the records: a worker whose
// write these miss looks again after it. Telling the LRS comes later (tell-attainment.ts), so that pages need not wait for it.
import type { StatementSource } from '../activities/statement-source.js';
import { findFramework } from '../frameworks/cf-document.model.js';
import { attainmentId, compareAttainment, type AttainmentChange } from './attainment-change.js';
import type { Attainment, AttainmentMarks } from './attainment-row.model.js';
import { listAttainmentsById } from './attainment.model.js';
import { computePerson, isStillSo, readPeopleInputs, type PeopleInputs } from './compute-people.js';
import type { FrameworkItem } from './evidence.js';
import { groupBy } from './group-by.js';
import { listMarks, writeAttainments } from './projected-attainment.model.js';
import { tellAll } from './tell-attainment.js';

const MAX_ROUNDS = 5;
/** So many are computed while the engine writes those before. */
const PEOPLE_A_WRITE = 20;

interface RecomputeRequest {
  deployment: string;
  users: readonly string[];
  /** Only the answers of this course, where nothing else can have changed. */
  course?: string | undefined;
  source: StatementSource;
  now: Date;
}

/** Brings the attainments of these people in these items up to date, and marks what was achieved or lost as to be told. */
export async function recomputeAttainments(
  options: RecomputeRequest & { items: readonly FrameworkItem[] },
): Promise<void> {
  const { items, ...request } = options;
  const { deployment, users } = request;
  if (users.length === 0 || items.length === 0) return;
  for (const [framework, group] of groupBy(items, (one) => one.framework)) {
    // Of a framework that is gone, or was never this deployment's, nothing can be said.
    if (!(await findFramework({ framework, viewer: { deployment } }))) continue;
    const unique = [...new Set(group.map(({ item }) => item))];
    await recomputeFramework({ ...request, framework, items: unique });
  }
}

interface FrameworkRequest extends RecomputeRequest {
  framework: string;
  items: readonly string[];
}

async function recomputeFramework(request: FrameworkRequest): Promise<void> {
  const { deployment, users, framework, items, course } = request;
  const people = { deployment, users, framework, items };
  const scope = course === undefined ? undefined : { kind: 'course' as const, id: course };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const inputs = await readPeopleInputs({ ...people, course });
    const known = await listMarks({ ...people, scope });
    const written = await writeDifferences({ request, inputs, known });
    if (written === 0 || (await isStillSo(inputs))) return;
  }
}

/** How many records were written or removed. Takes from `known` what is computed still. */
async function writeDifferences(options: {
  request: FrameworkRequest;
  inputs: PeopleInputs;
  known: Map<string, AttainmentMarks | null>;
}): Promise<number> {
  const { request, inputs, known } = options;
  const { deployment, users, now } = request;
  let written = 0;
  let writing = Promise.resolve();
  for (let at = 0; at < users.length; at += PEOPLE_A_WRITE) {
    const some = users.slice(at, at + PEOPLE_A_WRITE);
    const changes = some.flatMap((user) => compareAll(computePerson({ inputs, user, now }), known));
    written += changes.length;
    await writing;
    writing = writeAttainments({ deployment, changes });
  }
  await writing;
  const removed = [...known.keys()];
  if (removed.length > 0) await removeAll({ request, ids: removed });
  return written + removed.length;
}

function compareAll(
  computed: readonly Attainment[],
  known: Map<string, AttainmentMarks | null>,
): AttainmentChange[] {
  return computed.flatMap((one) => {
    const id = attainmentId(one);
    const marks = known.get(id) ?? null;
    known.delete(id);
    return compareAttainment(one, marks) ?? [];
  });
}

/** A record that goes can carry no mark: it is told first. */
async function removeAll(options: {
  request: FrameworkRequest;
  ids: readonly string[];
}): Promise<void> {
  const { request, ids } = options;
  const { deployment, source, now } = request;
  const stored = await listAttainmentsById({ deployment, ids });
  const gone = stored
    .filter(({ status }) => status === 'achieved')
    .map((one): Attainment => ({ ...one, status: 'open', withdrawnAt: now }));
  await tellAll({ attainments: gone, source, now: () => now });
  await writeAttainments({ deployment, changes: [], removed: ids });
}
