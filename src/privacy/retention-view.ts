// What the pages of retention show: periods in words, courses with what becomes of them, and what went. Pure.
import type { Words } from '../http/catalogue.js';
import type { FormFaults } from '../admin/read-form.js';
import type { CourseEmptying } from './course-emptying.model.js';
import type { CourseOutlook } from './plan-retention.js';
import type { WhatGoes } from './read-outlook.js';
import { typedMonths } from './retention-form.js';
import type { RetentionHold } from './retention-hold.model.js';
import { MONTHS_A_YEAR } from './retention-period.js';
import { KEPT_KINDS, type KeptMonths, type Retention } from './retention.model.js';

const COURSES_A_PAGE = 50;

export function monthsOf({ courses, accessLog, launches }: Retention): KeptMonths {
  return {
    courses: courses?.months ?? null,
    accessLog: accessLog?.months ?? null,
    launches: launches?.months ?? null,
  };
}

/** "2 years and 6 months", or that it is kept for ever. */
export function wordPeriod(months: number | null, words: Words): string {
  if (months === null) return words('retention:ever');
  const years = Math.floor(months / MONTHS_A_YEAR);
  const rest = months % MONTHS_A_YEAR;
  const inYears = words('retention:years', { count: years });
  const inMonths = words('retention:months', { count: rest });
  if (rest === 0) return inYears;
  return years === 0 ? inMonths : words('retention:both', { years: inYears, months: inMonths });
}

/** One group of fields for each kind, with what was typed. */
export function buildPeriodFields(options: {
  months: KeptMonths;
  faults: FormFaults | null;
  words: Words;
}) {
  const { months, faults, words } = options;
  const values = faults?.typed ?? typedMonths(months);
  return KEPT_KINDS.map((kind) => ({
    kind,
    legend: words(`retention:kinds.${kind}`),
    hint: words(`retention:hints.${kind}`),
    fault: faults?.fields[`${kind}Years`] ?? faults?.fields[`${kind}Months`] ?? null,
    years: values[`${kind}Years`] ?? '',
    months: values[`${kind}Months`] ?? '',
  }));
}

/** What the learner's own page says of it. */
export function describeRetention(retention: Retention, words: Words): string[] {
  const months = monthsOf(retention);
  return [
    ...KEPT_KINDS.map((kind) =>
      months[kind] === null
        ? words(`retention:learner.${kind}Ever`)
        : words(`retention:learner.${kind}`, { period: wordPeriod(months[kind], words) }),
    ),
    words('retention:learner.fixed'),
  ];
}

export function describeCourse(course: CourseOutlook, words: Words) {
  const { title, standing, isEndNamed, people } = course;
  return {
    ...course,
    title: title ?? words('retention:untitled'),
    peopleText: words('retention:people', { count: people }),
    endText: isEndNamed ? null : words('retention:lastUse'),
    standingText: words(`retention:standing.${standing}`),
    mayHold: standing !== 'held' && standing !== 'erasing' && people > 0,
  };
}

/** A page of the courses, soonest first. */
export function pageOf<One>(all: readonly One[], wanted: number) {
  const pages = Math.max(1, Math.ceil(all.length / COURSES_A_PAGE));
  const page = Math.min(wanted, pages);
  return {
    rows: all.slice((page - 1) * COURSES_A_PAGE, page * COURSES_A_PAGE),
    page,
    pages,
    previous: page > 1 ? page - 1 : null,
    next: page < pages ? page + 1 : null,
  };
}

export function describeGoing(going: readonly WhatGoes[], words: Words) {
  const sum = (read: (one: WhatGoes) => number) =>
    going.reduce((total, one) => total + read(one), 0);
  return {
    rows: going.map((one) => ({ ...one, ...describeCourse(one, words) })),
    total: words('retention:preview.total', {
      courses: words('retention:courses', { count: going.length }),
      people: words('retention:people', { count: sum(({ people }) => people) }),
      statements: words('retention:statements', { count: sum(({ statements }) => statements) }),
      files: words('retention:files', { count: sum(({ files }) => files) }),
    }),
  };
}

export function describeHolds(options: {
  holds: readonly RetentionHold[];
  titles: ReadonlyMap<string, string | null>;
  words: Words;
}) {
  const { holds, titles, words } = options;
  return holds.map((hold) => ({
    ...hold,
    title: titles.get(hold.course) ?? words('retention:untitled'),
  }));
}

export function describeDone(options: {
  done: readonly CourseEmptying[];
  titles: ReadonlyMap<string, string | null>;
  words: Words;
}) {
  const { done, titles, words } = options;
  return done.map(({ course, doneAt, people, statements, files }) => ({
    title: titles.get(course) ?? words('retention:untitled'),
    doneAt,
    people,
    statements,
    files,
  }));
}
