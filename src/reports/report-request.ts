// What each report page has to know of its request: the proved launch, the course and framework, whether this reader sees
// names, in which form the table is wanted; and the note in the access log that goes with it.
import type { Request } from 'express';
import { z } from 'zod';
import { wordsFor, type Words } from '../http/catalogue.js';
import { parseInput } from '../http/parse-input.js';
import { getCourseLaunch, hasRole, type CurrentLaunch } from '../lti/current-launch.js';
import { insertAccess, type AccessLogEntry } from './access-log.model.js';
import { readReportedCourse, type ReportedCourse } from './read-course.js';
import { readFormat, type ReportFormat } from './report-format.js';

const FrameworkQuery = z.object({ framework: z.string().max(100).optional() });

export interface ReportRequest {
  launch: CurrentLaunch & { course: string };
  reported: ReportedCourse;
  names: 'shown' | 'hidden';
  words: Words;
  language: string;
  format: ReportFormat;
}

export async function readReportRequest(req: Request): Promise<ReportRequest> {
  const launch = getCourseLaunch(req);
  const { framework } = parseInput(FrameworkQuery, { framework: req.query['framework'] });
  const { deployment, course, language } = launch;
  return {
    launch,
    reported: await readReportedCourse({
      deployment,
      course,
      framework: framework === undefined || framework === '' ? null : framework,
    }),
    names: launch.mayReadNames ? 'shown' : 'hidden',
    words: wordsFor(language),
    language,
    format: readFormat(req),
  };
}

/** Notes exports, and looks at named records by others than the learner and whoever teaches the course. */
export async function noteAccess(options: {
  report: Pick<ReportRequest, 'launch' | 'names' | 'format'>;
  subject: AccessLogEntry['subject'];
  subjectId?: string;
  person?: string;
  now: Date;
}): Promise<void> {
  const { report, subject, subjectId = null, person = null, now } = options;
  const { launch, names, format } = report;
  const isExport = format !== 'page';
  const isOrdinary = teaches(launch) || names === 'hidden' || subject === 'attainment';
  if (!isExport && isOrdinary) return;
  await insertAccess({
    deployment: launch.deployment,
    course: launch.course,
    user: launch.user,
    roles: launch.roles,
    action: isExport ? 'export' : 'look',
    subject,
    subjectId,
    person,
    names: subject === 'attainment' ? 'hidden' : names,
    format,
    at: now,
  });
}

function teaches(launch: CurrentLaunch): boolean {
  return hasRole(launch, 'Instructor', 'TeachingAssistant');
}
