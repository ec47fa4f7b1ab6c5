// What the statements of a visit have in common, for tests.
import type { StatementSetting } from '../../src/xapi/statement-parts.js';
import { buildAgent } from './sample-statements.js';

export function buildSetting(overrides: Partial<StatementSetting> = {}): StatementSetting {
  return {
    actor: buildAgent('pseudonym'),
    platformName: 'Demo LMS',
    language: 'en',
    registration: 'c0ffee00-1111-4222-8333-444455556666',
    course: { iri: 'https://crosswalk.example/courses/1', title: 'HIM 101' },
    framework: { iri: 'https://crosswalk.example/frameworks/him', title: 'HIM' },
    timestamp: new Date('2026-05-04T10:20:30.123Z'),
    ...overrides,
  };
}
