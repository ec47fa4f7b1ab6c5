// Tells LRSs what staff aligned and unaligned, in the name of who did it: the alignment's revision is the fact, its statements
// follow. One statement for what a revision added or changed in a framework and one for what it took away; they are no
// evidence of anybody. Idempotent: ids follow from the revision. What testers did on a test platform is never told.
import { ERASED } from '../db/models.js';
import { findFramework } from '../frameworks/cf-document.model.js';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import { readTree } from '../frameworks/read-tree.js';
import { createDirectory, type Directory } from '../lti/directory.js';
import { enqueueStatements, type NewStatement } from '../outbox/enqueue-statement.js';
import { alignedStatement } from '../xapi/statement-templates.js';
import { listActivitiesOf, type Activity } from './activity.model.js';
import {
  listUntoldAlignments,
  markAlignmentTold,
  type AlignedItem,
  type AlignmentRecord,
} from './alignment.model.js';
import { describeCompetency, describeCourseActivity } from './describe-object.js';
import type { StatementSource } from './statement-source.js';

const AT_ONCE = 100;
const LANGUAGE = 'en';

interface Stating {
  source: StatementSource;
  now: () => Date;
  signal?: AbortSignal;
}

/** Until nothing is left to tell. Repeatable. */
export async function stateAlignments(stating: Stating): Promise<void> {
  const directory = createDirectory(stating);
  while (!stating.signal?.aborted) {
    const untold = await listUntoldAlignments({ limit: AT_ONCE });
    for (const alignment of untold) {
      if (!(await isOfTestPlatform(directory, alignment)))
        await stateAlignment({ ...stating, alignment });
      await markAlignmentTold({ alignment });
    }
    if (untold.length < AT_ONCE) return;
  }
}

async function isOfTestPlatform(
  directory: Directory,
  { deployment: id }: AlignmentRecord,
): Promise<boolean> {
  const deployment = await directory.deployment(id);
  const platform = deployment && (await directory.platform(deployment.platform));
  return platform?.kind === 'test';
}

/** What one revision changed in one framework. */
interface Change {
  verb: 'aligned' | 'unaligned';
  framework: string;
  items: string[];
  before: AlignedItem[];
  now: AlignedItem[];
  revision: number;
  at: Date;
  by: string;
}

async function stateAlignment(
  options: Stating & { alignment: AlignmentRecord & { toldRevision: number } },
): Promise<void> {
  const { alignment, source } = options;
  const { deployment } = alignment;
  const changes = listChanges(alignment).filter(({ by }) => by !== ERASED);
  if (changes.length === 0) return;
  const [activity] = await listActivitiesOf({ deployment, activities: [alignment.activity] });
  if (!activity) return;
  const statements: NewStatement[] = [];
  for (const change of changes) {
    const framework = await findFramework({ framework: change.framework, viewer: { deployment } });
    if (!framework) continue;
    const tree = await readTree({ framework });
    statements.push(await buildStatement({ activity, change, tree, source }));
  }
  await enqueueStatements({ statements, now: options.now() });
}

/** In the order in which they happened. Pure. */
export function listChanges(
  alignment: Pick<AlignmentRecord, 'history'> & { toldRevision: number },
): Change[] {
  const { history, toldRevision } = alignment;
  return history.flatMap((one, index) => {
    if (one.revision <= toldRevision) return [];
    const before = history[index - 1]?.items ?? [];
    const frameworks = new Set([...before, ...one.items].map(({ framework }) => framework));
    return [...frameworks].flatMap((framework) => {
      const shared = {
        framework,
        before: before.filter((item) => item.framework === framework),
        now: one.items.filter((item) => item.framework === framework),
        revision: one.revision,
        at: one.at,
        by: one.by,
      };
      const added = listDifferent(shared.now, shared.before, describe);
      const removed = listDifferent(shared.before, shared.now, ({ item }) => item);
      return [
        ...(added.length > 0 ? [{ ...shared, verb: 'aligned' as const, items: added }] : []),
        ...(removed.length > 0 ? [{ ...shared, verb: 'unaligned' as const, items: removed }] : []),
      ];
    });
  });
}

function listDifferent(
  these: AlignedItem[],
  those: AlignedItem[],
  keyOf: (item: AlignedItem) => string,
): string[] {
  const known = new Set(those.map(keyOf));
  return these.filter((one) => !known.has(keyOf(one))).map(({ item }) => item);
}

function describe({ item, stage, bloomLevel = 0 }: AlignedItem): string {
  return [item, stage, bloomLevel].join(' ');
}

async function buildStatement(options: {
  activity: Activity;
  change: Change;
  tree: FrameworkTree;
  source: StatementSource;
}): Promise<NewStatement> {
  const { activity, change, tree, source } = options;
  const { verb, framework, revision, at, by } = change;
  const { deployment, course, id } = activity;
  const setting = await source.settingFor({
    deployment,
    user: by,
    course,
    learnerIn: null,
    language: LANGUAGE,
    framework: tree.framework,
    objectId: id,
    timestamp: at,
  });
  const nameItem = (item: string) => describeCompetency(tree, item).competency;
  const tell = (items: AlignedItem[]) =>
    items.map(({ item, stage, bloomLevel }) => ({
      iri: nameItem(item).iri,
      stage,
      ...(bloomLevel !== undefined && { bloomLevel }),
    }));
  const statement = alignedStatement({
    verb,
    id: await source.deriveId(verb, deployment, id, revision, framework),
    // The alignment's own story, whoever tells it: nobody's attempt.
    setting: { ...setting, registration: await source.deriveId('alignment', deployment, id) },
    activity: describeCourseActivity({ activity, aligned: [], tree }).description,
    competencies: change.items.map(nameItem),
    before: tell(change.before),
    now: tell(change.now),
  });
  const about = { kind: verb, course, objectId: id, attempt: revision };
  return { deployment, user: by, statement, about };
}
