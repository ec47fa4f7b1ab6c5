// A learner's launch in a course, as the session gives it to pages and use cases.
import type { CourseLaunch } from '../../src/activities/complete-object.js';

export function buildLaunch(overrides: Partial<CourseLaunch> = {}): CourseLaunch {
  return {
    id: 'launch-1',
    platform: 'p1',
    deployment: 'd1',
    course: 'c1',
    courseTitle: 'HIM 101',
    user: 'u1',
    userName: 'Ana Ruiz',
    personName: 'Ana Ruiz',
    roles: ['Learner'],
    granted: [],
    edits: [],
    testUser: false,
    messageType: 'LtiResourceLinkRequest',
    resourceLinkId: null,
    resourceLinkTitle: null,
    language: 'en',
    returnUrl: null,
    framed: true,
    services: { lineItemsUrl: null, lineItemUrl: null, gradeScopes: [], membershipsUrl: null },
    deepLinking: null,
    mayReadNames: false,
    mayAttest: false,
    mayChangeRules: false,
    visitKey: null,
    startedAt: new Date('2026-02-01T09:00:00Z'),
    ...overrides,
  };
}
