// Reads the results of a course's aligned gradebook columns (AGS 2.0, 3.3) and makes statements of what changed: the road by
// which a grade of the LMS becomes evidence. A lesson that we host sends its own scores: its column is left out, so that
// nothing counts twice. Only learners of the course count, never staff and test users. A result that is no longer listed
// says nothing: platforms leave out people whose enrolment is suspended.
import type { Course } from '../lti/course.model.js';
import { missingService, type ServiceTarget } from '../lti/call-service.js';
import type { LtiServices } from '../lti/lti-services.js';
import { listCountedLearners } from '../lti/membership.model.js';
import { readResults, type LineItemResult } from '../lti/read-results.js';
import { userRecordId } from '../lti/record-ids.js';
import { isPermanent } from '../lti/service-answer.js';
import { SCOPE } from '../lti/vocabulary.js';
import { listActivities } from './activity.model.js';
import { listAlignments } from './alignment.model.js';
import { buildResultState } from './build-result-state.js';
import { nextResult } from './next-result.js';
import { advanceResult, listResultStates, listUntoldResults } from './result-state.model.js';
import { stateResult } from './state-result.js';
import type { StatementSource } from './statement-source.js';

const PEOPLE_AT_ONCE = 500;
const UNTOLD_AT_ONCE = 200;

interface ReadingResults {
  services: LtiServices;
  source: StatementSource;
  /** 0 to 1: the share of the maximum that succeeds. */
  passShare: number;
  now: () => Date;
  signal?: AbortSignal;
}

interface Column {
  deployment: string;
  course: string;
  activity: string;
  lineItemUrl: string;
}

/**
 * Returns how many results changed. One column that the platform refuses does not keep the others from being read; its
 * refusal is thrown at the end. Throws `lti.service-missing` (403) where the launch offered no results.
 */
export async function readCourseResults(
  options: ReadingResults & { course: Course },
): Promise<number> {
  const { course, signal } = options;
  const columns = await listColumns(course);
  const { gradeScopes } = course.services;
  if (columns.length > 0 && !gradeScopes.includes(SCOPE.resultReadOnly))
    throw missingService('results');
  let changed = 0;
  const faults: unknown[] = [];
  for (const column of columns) {
    if (signal?.aborted) break;
    try {
      changed += await readColumn({ ...options, column });
    } catch (error) {
      if (!isPermanent(error)) throw error;
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return changed;
}

/** Finishes what a stop left between a change and its statements. */
export async function stateUntoldResults(
  options: Pick<ReadingResults, 'source' | 'now' | 'signal'>,
): Promise<void> {
  const { source, now, signal } = options;
  while (signal?.aborted !== true) {
    const untold = await listUntoldResults({ limit: UNTOLD_AT_ONCE });
    for (const state of untold) await stateResult({ state, source, now: now() });
    if (untold.length < UNTOLD_AT_ONCE) return;
  }
}

async function listColumns({ deployment, _id: course }: Course): Promise<Column[]> {
  const [activities, alignments] = await Promise.all([
    listActivities({ deployment, course }),
    listAlignments({ deployment, course }),
  ]);
  const aligned = new Set(
    alignments.filter(({ current }) => current.length > 0).map(({ activity }) => activity),
  );
  return activities.flatMap(({ id, lesson, lineItemUrl }) =>
    lineItemUrl === null || lesson !== null || !aligned.has(id)
      ? []
      : [{ deployment, course, activity: id, lineItemUrl }],
  );
}

async function readColumn(
  options: ReadingResults & { course: Course; column: Column },
): Promise<number> {
  const { services, course, column, signal } = options;
  const target: ServiceTarget = {
    platform: course.platform,
    deployment: course.deployment,
    services: { ...course.services, lineItemUrl: column.lineItemUrl },
  };
  let changed = 0;
  for await (const page of readResults({ services, target, lineItemUrl: column.lineItemUrl })) {
    for (let at = 0; at < page.length; at += PEOPLE_AT_ONCE) {
      if (signal?.aborted) return changed;
      changed += await takeResults({ ...options, results: page.slice(at, at + PEOPLE_AT_ONCE) });
    }
  }
  return changed;
}

async function takeResults(
  options: ReadingResults & { course: Course; column: Column; results: LineItemResult[] },
): Promise<number> {
  const { course, column, results, passShare, source, now } = options;
  const { deployment, activity } = column;
  const byUser = new Map(
    results.map((result) => [userRecordId({ platform: course.platform, sub: result.sub }), result]),
  );
  const users = [...byUser.keys()];
  const [learners, states] = await Promise.all([
    listCountedLearners({ deployment, course: course._id, users }),
    listResultStates({ deployment, activity, users }),
  ]);
  let changed = 0;
  for (const user of learners) {
    const result = byUser.get(user);
    const known = states.get(user) ?? null;
    const change = result && nextResult({ known, result, passShare, now: now() });
    if (!change) continue;
    const { lineItemUrl: _url, ...place } = column;
    const state = await buildResultState({ source, place: { ...place, user }, change });
    if (!(await advanceResult({ next: state }))) continue;
    await stateResult({ state, source, now: now() });
    changed += 1;
  }
  return changed;
}
