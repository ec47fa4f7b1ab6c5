// Activities that an instructor types or pastes: title, address and kind, one a line, separated by tab, comma, semicolon or
// pipe. A title may stand alone. Every faulty line is named; nothing is taken in while one is faulty. Pure.
import { ACTIVITY_KINDS, type ActivityKind } from './activity.model.js';

export interface TypedActivity {
  title: string;
  address: string | null;
  kind: ActivityKind;
}

type LineFault = 'no-title' | 'long-title' | 'address' | 'kind' | 'too-many';

export interface TypedActivities {
  activities: TypedActivity[];
  faults: { line: number; fault: LineFault; text: string }[];
}

const MAX_LINES = 500;
const MAX_TITLE_CHARACTERS = 300;
const SEPARATORS = ['\t', '|', ';', ','];
const TYPED_KINDS = ACTIVITY_KINDS.filter((kind) => kind !== 'lesson');

/** Reads the lines; empty ones count for the line numbers only. */
export function readTypedActivities(text: string): TypedActivities {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ line: index + 1, text: line.trim() }));
  const filled = lines.filter((one) => one.text !== '');
  const result: TypedActivities = { activities: [], faults: [] };
  for (const { line, text: typed } of filled.slice(0, MAX_LINES)) {
    const read = readLine(typed);
    if (typeof read === 'string') result.faults.push({ line, fault: read, text: typed });
    else result.activities.push(read);
  }
  const [beyond] = filled.slice(MAX_LINES);
  if (beyond) result.faults.push({ line: beyond.line, fault: 'too-many', text: beyond.text });
  return result;
}

function readLine(text: string): TypedActivity | LineFault {
  const cells = splitCells(text);
  const kind = readKind(cells);
  if (kind === 'faulty') return 'kind';
  const address = readAddress(cells);
  const title = cells.join(' ').trim();
  if (address === 'faulty') return 'address';
  if (title === '') return 'no-title';
  if (title.length > MAX_TITLE_CHARACTERS) return 'long-title';
  return { title, address, kind };
}

/** Split by the first separator that the line has, so that a title pasted from a table may hold commas. */
function splitCells(text: string): string[] {
  const separator = SEPARATORS.find((one) => text.includes(one));
  if (separator === undefined) return [text];
  const cells = text.split(separator).map((cell) => cell.trim());
  return separator === ',' ? joinTitle(cells) : cells;
}

/** "Privacy, security and trust, https://…, quiz": commas before the address or kind belong to the title. */
function joinTitle(cells: string[]): string[] {
  const first = cells.findIndex((cell, index) => index > 0 && (isWebAddress(cell) || isKind(cell)));
  if (first === -1)
    return cells.length <= 3 && looksLikeColumns(cells) ? cells : [cells.join(', ')];
  return [cells.slice(0, first).join(', '), ...cells.slice(first)];
}

/** Two commas and something in the address's place that means to be one. */
function looksLikeColumns(cells: string[]): boolean {
  const [, second = '', third = ''] = cells;
  return /:|\/\//.test(second) || (second === '' && third !== '');
}

/** Takes the kind out of the cells after the title. */
function readKind(cells: string[]): ActivityKind | 'faulty' {
  if (cells.length < 2) return 'other';
  const last = cells.at(-1) ?? '';
  const kind = TYPED_KINDS.find((one) => one === last.toLowerCase());
  if (kind) {
    cells.pop();
    return kind;
  }
  if (cells.length > 2 && last !== '') return 'faulty';
  if (cells.length > 2) cells.pop();
  return 'other';
}

/** Takes the address out of the cells after the title. */
function readAddress(cells: string[]): string | null | 'faulty' {
  if (cells.length < 2) return null;
  const cell = cells.pop() ?? '';
  if (cell === '') return null;
  return isWebAddress(cell) ? new URL(cell).href : 'faulty';
}

/** An absolute http or https address. */
export function isWebAddress(cell: string): boolean {
  if (!URL.canParse(cell)) return false;
  const { protocol, hostname } = new URL(cell);
  return ['http:', 'https:'].includes(protocol) && hostname !== '';
}

function isKind(cell: string): boolean {
  return TYPED_KINDS.some((kind) => kind === cell.toLowerCase());
}
