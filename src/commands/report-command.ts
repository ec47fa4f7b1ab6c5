// report NAME and report list: the same reports as on the pages, for scripts. People appear in none of them.
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { AppError } from '../http/errors.js';
import { findCourse, listCourses, type Course } from '../lti/course.model.js';
import { listDeployments } from '../lti/deployment.model.js';
import type { AttainmentReport } from '../reports/attainment-report.js';
import { streamCsv } from '../tables/write-csv.js';
import { readAttainmentReport } from '../reports/read-attainment-report.js';
import { readReportedCourse } from '../reports/read-course.js';
import { attainmentColumns } from '../reports/report-columns.js';
import type { Output } from './output.js';
import { jsonOption, type CommandFrame, type CommandOptions } from './run-command.js';
import { withDatabase } from './with-database.js';

const PAGE = 1_000;
const REPORTS = [
  {
    name: 'attainment',
    about:
      'competencies of a course, how many learners attempted and achieved each; needs --course',
  },
];

interface ReportOptions extends CommandOptions {
  course?: string;
  framework?: string;
  format: 'csv' | 'json';
}

export function reportCommand(frame: CommandFrame): Command {
  return new Command('report')
    .description('write a report, or list the reports and courses with: report list')
    .argument('<name>', 'list, or the name of a report')
    .option('--course <id>', 'our id of the course')
    .option('--framework <id>', "the framework; by default the course's")
    .addOption(new Option('--format <format>', 'form').choices(['csv', 'json']).default('csv'))
    .addOption(jsonOption())
    .action((name: string, options: ReportOptions) =>
      frame.run(options, (output) =>
        name === 'list' ? list(output) : write({ name, options, output }),
      ),
    );
}

async function list(output: Output): Promise<void> {
  const courses = await withDatabase({ announce: output.note }, listAllCourses);
  const shown = courses.map(({ _id, title, deployment, term }) => ({
    id: _id,
    title: title ?? '',
    term: term?.name ?? null,
    deployment,
  }));
  if (output.isJson)
    return output.result({ text: '', value: { reports: REPORTS, courses: shown } });
  output.table({
    rows: REPORTS,
    empty: '',
    columns: [
      { title: 'report', value: (row) => row.name },
      { title: 'about', value: (row) => row.about },
    ],
  });
  output.result({ text: '', value: null });
  output.table({
    rows: shown,
    empty: 'No course yet: a course is known from its first launch on.',
    columns: [
      { title: 'course', value: (row) => row.id },
      { title: 'title', value: (row) => row.title },
      { title: 'term', value: (row) => row.term },
      { title: 'deployment', value: (row) => row.deployment },
    ],
  });
}

async function write(input: {
  name: string;
  options: ReportOptions;
  output: Output;
}): Promise<void> {
  const { name, options, output } = input;
  if (!REPORTS.some((report) => report.name === name))
    throw new AppError('cli.no-such-report', { status: 404, values: { name } });
  const { course, framework = null } = options;
  if (course === undefined)
    throw new AppError('cli.course-needed', { status: 400, values: { name } });
  const report = await withDatabase({ announce: output.note }, async ({ now }) => {
    const { deployment } = await getCourse(course);
    const reported = await readReportedCourse({ deployment, course, framework });
    return readAttainmentReport({ reported, now: now() });
  });
  if (output.isJson || options.format === 'json') return writeJson(report, output);
  const { rows } = report;
  const csv = streamCsv({ columns: attainmentColumns(report), rows, withMark: false });
  await pipeline(csv, output.stream, { end: false });
}

function writeJson(report: AttainmentReport, output: Output): void {
  output.stream.write(`${JSON.stringify(report, null, 2)}\n`);
}

/** A course is found within its deployment; the operator may name it without. */
async function getCourse(course: string): Promise<Course> {
  for (const { _id: deployment } of await listDeployments()) {
    const found = await findCourse({ deployment, course });
    if (found) return found;
  }
  throw new AppError('cli.no-such-course', { status: 404, values: { course } });
}

async function listAllCourses(): Promise<Course[]> {
  const courses: Course[] = [];
  for (const { _id: deployment } of await listDeployments()) {
    let page: Course[] = [];
    do {
      const after = page.at(-1)?._id;
      page = await listCourses({
        deployment,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      courses.push(...page);
    } while (page.length === PAGE);
  }
  return courses;
}
