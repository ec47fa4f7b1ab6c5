// The state of each part in words, with the one thing to do about it. Pure: facts in, rows out; the worst comes first.
import type { Words } from '../http/catalogue.js';
import { writeAge } from './write-age.js';

export type HealthState = 'good' | 'attention' | 'bad';

export interface HealthRow {
  label: string;
  state: HealthState;
  text: string;
  /** Page where it is done, with its words; null when there is nothing to do. */
  path: string | null;
  todo: string | null;
}

export interface HealthFacts {
  /** Null for what the viewer does not see. */
  platforms: { count: number; paused: number } | null;
  waitingDeployments: number | null;
  /** `stopped` are record stores that a person must look at. */
  backlog: { count: number; oldestMs: number | null; stopped: number };
  parked: number;
  /** Scores that gradebooks refused. */
  failedScores: number;
  refusedLaunches: number | null;
  frameworks: number;
  /** Courses that are soon emptied of what learners did, with the page that says which. */
  emptyings: { courses: number; eraseAt: Date | null; path: string };
}

/** Statements usually leave within seconds: after this something is wrong. */
const LATE_MS = 5 * 60_000;
const ORDER: HealthState[] = ['bad', 'attention', 'good'];

export function buildHealth(
  facts: HealthFacts,
  page: { words: Words; language: string },
): HealthRow[] {
  const { words } = page;
  const health: Words = (key, values) => words(`admin:health.${key}`, values);
  const row = (name: string, state: HealthState, text: string, path: string): HealthRow => ({
    label: health(`${name}.label`),
    state,
    text,
    path: state === 'good' ? null : path,
    todo: state === 'good' ? null : health(`${name}.do`),
  });
  const counted = (name: string, count: number, bad: HealthState, path: string): HealthRow =>
    row(
      name,
      count > 0 ? bad : 'good',
      health(`${name}.${count > 0 ? 'some' : 'none'}`, { count }),
      path,
    );
  const rows = [
    ...(facts.platforms === null ? [] : [platformRow(facts.platforms, health, row)]),
    deploymentRow(facts.waitingDeployments, health, row),
    outboxRow(facts.backlog, words, row),
    counted('parked', facts.parked, 'attention', '/admin/statements'),
    counted('scores', facts.failedScores, 'attention', '/admin/scores'),
    ...(facts.refusedLaunches === null
      ? []
      : [counted('launches', facts.refusedLaunches, 'attention', '/admin/launches')]),
    row(
      'frameworks',
      facts.frameworks === 0 ? 'bad' : 'good',
      health(`frameworks.${facts.frameworks === 0 ? 'none' : 'some'}`, { count: facts.frameworks }),
      '/admin/frameworks',
    ),
    emptyingRow(facts.emptyings, page),
  ];
  return rows.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

type MakeRow = (name: string, state: HealthState, text: string, path: string) => HealthRow;

function platformRow(
  facts: { count: number; paused: number },
  health: Words,
  row: MakeRow,
): HealthRow {
  const { count, paused } = facts;
  if (count === 0) return row('platforms', 'bad', health('platforms.none'), '/admin/platforms');
  const words = paused === 0 ? '' : health('platforms.paused', { count: paused });
  return row(
    'platforms',
    'good',
    health('platforms.some', { count, paused: words }),
    '/admin/platforms',
  );
}

/** An administrator's own deployment is approved, or they would not be here. */
function deploymentRow(waiting: number | null, health: Words, row: MakeRow): HealthRow {
  if (waiting === null)
    return row('deployments', 'good', health('deployments.own'), '/admin/deployments');
  if (waiting === 0)
    return row('deployments', 'good', health('deployments.none'), '/admin/deployments');
  const text = health('deployments.waiting', { count: waiting });
  return row('deployments', 'attention', text, '/admin/deployments');
}

function outboxRow(backlog: HealthFacts['backlog'], words: Words, row: MakeRow): HealthRow {
  const { count, oldestMs, stopped } = backlog;
  const path = '/admin/destinations';
  const isLate = (oldestMs ?? 0) > LATE_MS;
  const state = isLate || stopped > 0 ? 'bad' : 'good';
  const key = (name: string) => `admin:health.outbox.${name}`;
  const waiting =
    count === 0
      ? words(key('none'))
      : words(key('some'), { count, age: writeAge(oldestMs ?? 0, words) });
  const text = stopped === 0 ? waiting : `${words(key('stopped'), { count: stopped })} ${waiting}`;
  return row('outbox', state, text, path);
}

function emptyingRow(
  facts: HealthFacts['emptyings'],
  page: { words: Words; language: string },
): HealthRow {
  const { courses: count, eraseAt, path } = facts;
  const { words, language } = page;
  const label = words('retention:health.label');
  if (count === 0 || eraseAt === null)
    return { label, state: 'good', text: words('retention:health.none'), path: null, todo: null };
  const day = eraseAt.toLocaleDateString(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const text = words('retention:health.some', { count, day });
  return { label, state: 'attention', text, path, todo: words('retention:health.do') };
}
