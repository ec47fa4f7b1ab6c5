// The published page's text, and small pages of the same layout, for tests of the importer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

export const URL = 'https://crosswalk.example';
export const NOW = new Date('2026-03-02T10:00:00Z');

export function publishedPage(): string {
  return readFileSync(
    join(packageRoot(), 'seeds', 'frameworks', 'him-competency-framework.txt'),
    'utf8',
  );
}

/** A page with the published head and the body given. */
export function pageWith(body: string): string {
  return [
    'Share this page with family, friends, and colleagues.',
    'Featured Post : Using for Classroom Instruction that Works',
    '',
    '\u00a0  Back to Career Pathways',
    '',
    'Small (SMALL) Competency Framework',
    '',
    'Read more about Small Career Pathway',
    '',
    'The number of available resources are displayed in parentheses. Click on a competency.',
    '',
    body,
  ].join('\n');
}

export const SMALL_BODY = [
  'Domain one',
  '',
  'Subdomain A',
  '',
  '  • Do the first thing (with care). (3)',
  '  • Do the second thing (0)',
  '  • Subdomain B',
  '',
  '  • Do the third thing. (1,204)',
  '  • Domain two',
  '',
  '    Subdomain C.',
  '',
  '  • Do the fourth thing. (2)',
].join('\n');
