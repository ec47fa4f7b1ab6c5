// Reads the text of the published HIM page: navigation lines, title, note, then domains, subdomains and competencies.
// A competency ends with its resource count in parentheses. Later headings look like competencies without a count;
// two headings in a row are a domain and its first subdomain. Pure; knows lines, not identifiers or storage.
import { AppError } from '../http/errors.js';
import { decodeText } from '../tables/decode-text.js';

interface PageCompetency {
  statement: string;
  /** The number of resources the page showed. */
  count: number;
  line: number;
}
interface PageSubdomain {
  title: string;
  line: number;
  competencies: PageCompetency[];
}
interface PageDomain {
  title: string;
  line: number;
  subdomains: PageSubdomain[];
}
export interface HimPage {
  title: string;
  shareText: string | null;
  featuredPost: string | null;
  backLabel: string | null;
  readMoreLabel: string;
  note: string;
  domains: PageDomain[];
}

interface Line {
  text: string;
  number: number;
  hasBullet: boolean;
  /** Final number in parentheses, or null. */
  count: number | null;
}
interface Body {
  lines: Line[];
  usesBullets: boolean;
  domains: PageDomain[];
  domain: PageDomain | null;
  subdomain: PageSubdomain | null;
  seen: Map<string, number>;
}

const BULLET = /^[•·‣▪◦●○*–-]\s+/u;
const COUNT = /\s*\(\s*(\d{1,3}(?:,\d{3})+|\d{1,9})\s*\)$/;
const SHARE = /^share this page\b/i;
const FEATURED = /^featured post\s*:\s*/i;
const BACK = /^back to\b/i;
const READ_MORE = /^read more about\b/i;
const NOTE = /\bin parentheses\b/i;

/** Throws `framework.empty`, `.unknown-layout`, `.cut-short`, `.duplicate-competency` and the faults of decoding; each names its line. */
export function readHimPage(options: { text: string | Uint8Array }): HimPage {
  const lines = readLines(decodeText(options.text).text);
  if (lines.length === 0)
    throw new AppError('framework.empty', { status: 400, values: { line: 1 } });
  const readMoreAt = lines.findIndex(({ text }) => READ_MORE.test(text));
  const readMore = lines[readMoreAt];
  if (!readMore)
    throw unknownLayout(lines.at(-1)?.number ?? 1, 'a line that begins with “Read more about”');
  const head = lines.slice(0, readMoreAt);
  const title = head.findLast(({ text }) => !isNavigation(text));
  if (!title) throw unknownLayout(readMore.number, 'the title above it');
  const note = lines[readMoreAt + 1];
  if (!note) throw cutShort(readMore);
  if (!NOTE.test(note.text))
    throw unknownLayout(note.number, 'the sentence on the numbers in parentheses');
  const featured = textOf(head, FEATURED);
  return {
    title: title.text,
    shareText: textOf(head, SHARE),
    featuredPost: featured === null ? null : featured.replace(FEATURED, ''),
    backLabel: textOf(head, BACK),
    readMoreLabel: readMore.text,
    note: note.text,
    domains: readDomains(lines.slice(readMoreAt + 2), note),
  };
}

/** One line as the page means it: no-break spaces are spaces, runs of spaces one, the form of letters composed. */
export function normaliseLine(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\u00a0\u200b]+/gu, ' ')
    .trim();
}

function readLines(text: string): Line[] {
  const lines: Line[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = normaliseLine(raw);
    if (line === '') return;
    const bare = line.replace(BULLET, '');
    lines.push({ text: bare, number: index + 1, hasBullet: bare !== line, count: readCount(bare) });
  });
  return lines;
}

function readCount(text: string): number | null {
  const match = COUNT.exec(text);
  return match?.[1] === undefined ? null : Number(match[1].replaceAll(',', ''));
}

function readDomains(lines: Line[], note: Line): PageDomain[] {
  const body: Body = {
    lines,
    usesBullets: lines.some((line) => line.hasBullet),
    domains: [],
    domain: null,
    subdomain: null,
    seen: new Map(),
  };
  if (lines.length === 0) throw cutShort(note);
  if (body.usesBullets) refuseBrokenLine(lines);
  let at = 0;
  while (at < lines.length) at += readNext(body, at);
  if (body.seen.size === 0)
    throw new AppError('framework.no-competencies', { status: 400, values: { line: note.number } });
  return body.domains;
}

function refuseBrokenLine(lines: Line[]): void {
  const broken = lines.find(({ hasBullet, count }) => !hasBullet && count !== null);
  if (broken)
    throw unknownLayout(
      broken.number,
      'a bullet before this competency (a line broken in two looks like this)',
    );
}

/** Takes the competency or the one or two headings at this place; answers how many lines it took. */
function readNext(body: Body, at: number): number {
  const line = body.lines[at];
  if (!line) return 1;
  if (line.count !== null) {
    addCompetency(body, line, line.count);
    return 1;
  }
  const next = body.lines[at + 1];
  if (!next) throw cutShort(line);
  if (next.count !== null) {
    startSubdomain(body, line);
    return 1;
  }
  const third = body.lines[at + 2];
  if (!third) throw cutShort(next);
  if (third.count === null && at + 3 === body.lines.length) throw cutShort(third);
  if (next.hasBullet || third.count === null)
    throw unknownLayout(
      line.number,
      'a competency with its number in parentheses below this heading',
    );
  startDomain(body, line);
  startSubdomain(body, next);
  return 2;
}

/** A heading seen before continues its domain. */
function startDomain(body: Body, line: Line): void {
  body.subdomain = null;
  body.domain = body.domains.find(({ title }) => title === line.text) ?? null;
  if (body.domain) return;
  body.domain = { title: line.text, line: line.number, subdomains: [] };
  body.domains.push(body.domain);
}

function startSubdomain(body: Body, line: Line): void {
  if (!body.domain) throw unknownLayout(line.number, 'a domain heading above this subdomain');
  body.subdomain = body.domain.subdomains.find(({ title }) => title === line.text) ?? null;
  if (body.subdomain) return;
  body.subdomain = { title: line.text, line: line.number, competencies: [] };
  body.domain.subdomains.push(body.subdomain);
}

function addCompetency(body: Body, line: Line, count: number): void {
  if (!body.domain || !body.subdomain)
    throw unknownLayout(line.number, 'a domain and a subdomain above this competency');
  const statement = line.text.replace(COUNT, '');
  if (statement === '')
    throw unknownLayout(line.number, 'the words of a competency before its number');
  const key = JSON.stringify([body.domain.title, body.subdomain.title, statement]);
  const first = body.seen.get(key);
  if (first !== undefined)
    throw new AppError('framework.duplicate-competency', {
      status: 400,
      values: { line: line.number, first, statement },
    });
  body.seen.set(key, line.number);
  body.subdomain.competencies.push({ statement, count, line: line.number });
}

function isNavigation(text: string): boolean {
  return [SHARE, FEATURED, BACK].some((pattern) => pattern.test(text));
}

function textOf(lines: Line[], pattern: RegExp): string | null {
  return lines.find(({ text }) => pattern.test(text))?.text ?? null;
}

function unknownLayout(line: number, expected: string): AppError {
  return new AppError('framework.unknown-layout', { status: 400, values: { line, expected } });
}

function cutShort(line: Line): AppError {
  return new AppError('framework.cut-short', {
    status: 400,
    values: { line: line.number, heading: line.text },
  });
}
