// A course with the small framework for the tests of course, activity, alignment and deep linking pages: the tool with the
// routes of this room, and people who launch into it.
import type { Router } from 'express';
import { addActivitiesRoutes } from '../../src/activities/add-activities.routes.js';
import { noteLook } from '../../src/reports/note-look.js';
import { activityPageRoutes } from '../../src/activities/activity-page.routes.js';
import { activityRoutes } from '../../src/activities/activity.routes.js';
import { listActivities } from '../../src/activities/activity.model.js';
import { findAlignment, type AlignedItem } from '../../src/activities/alignment.model.js';
import { alignmentFileRoutes } from '../../src/activities/alignment-file.routes.js';
import { alignmentRoutes } from '../../src/activities/alignment.routes.js';
import { courseCopyRoutes } from '../../src/activities/course-copies.routes.js';
import { courseRoutes } from '../../src/activities/course.routes.js';
import { deepLinkingRoutes } from '../../src/activities/deep-linking.routes.js';
import { mapRoutes } from '../../src/activities/map.routes.js';
import { templateRoutes } from '../../src/activities/templates.routes.js';
import { scoresRoutes } from '../../src/activities/scores.routes.js';
import { peopleRoutes } from '../../src/activities/people.routes.js';
import { resourceRoutes } from '../../src/activities/resource.routes.js';
import { createStatementSource } from '../../src/activities/statement-source.js';
import { countEvidenceByObject } from '../../src/attainment/evidence.model.js';
import { readItemStatuses } from '../../src/attainment/read-item-statuses.js';
import type { FrameworkTree } from '../../src/frameworks/framework-tree.js';
import { importLessons } from '../../src/library/import-lessons.js';
import { listServingResources } from '../../src/library/learning-resource.model.js';
import type { LtiServices } from '../../src/lti/lti-services.js';
import { readWorkPanel } from '../../src/work/read-work-panel.js';
import { createSmallFramework, VIEWER } from '../library/small-library.js';
import type { FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs, type Launched } from '../support/launch-as.js';
import type { TestTool } from '../support/start-tool.js';

export const STAFF = [
  'Instructor',
  'TeachingAssistant',
  'ContentDeveloper',
  'Administrator',
] as const;

export interface CourseWorld {
  deployment: string;
  /** Our id of the course. */
  course: string;
  tree: FrameworkTree;
  /** Identifiers of the four competencies. */
  items: string[];
  open(role: LaunchAs['role'], more?: Partial<LaunchAs>): Promise<Launched>;
  /** Types lines as an instructor would; answers the ids of their activities in the order given. */
  type(...lines: string[]): Promise<string[]>;
  alignedTo(activity: string): Promise<AlignedItem[]>;
}

/** The routes of this room as the application mounts them. */
export function courseRouters(services: LtiServices, nudged: string[] = []): Router[] {
  const { config, now } = services;
  const deps = {
    config,
    lti: services,
    now,
    nudge: (job: string) => void nudged.push(job),
    noteLook,
    source: createStatementSource({ url: config.url, secret: config.secret, now }),
  };
  return [
    courseRoutes({ ...deps, countEvidence: countEvidenceByObject }),
    peopleRoutes(deps),
    scoresRoutes(deps),
    addActivitiesRoutes(deps),
    alignmentRoutes(deps),
    alignmentFileRoutes(deps),
    courseCopyRoutes(deps),
    mapRoutes({ ...deps, countEvidence: countEvidenceByObject }),
    templateRoutes(deps),
    activityPageRoutes({
      ...deps,
      passPercent: 75,
      readStatuses: readItemStatuses,
      readWork: readWorkPanel,
    }),
    activityRoutes(deps),
    resourceRoutes(deps),
    deepLinkingRoutes(deps),
  ];
}

/** Connects the platform, imports the framework, and lets an instructor launch first. */
export async function createCourseWorld(options: {
  tool: TestTool;
  fake: FakePlatform;
}): Promise<CourseWorld> {
  const { tool, fake } = options;
  const { deployment } = await connectPlatform(fake);
  const tree = await createSmallFramework();
  const open: CourseWorld['open'] = (role, more = {}) =>
    launchAs({
      tool,
      platform: fake,
      ...(role === undefined ? {} : { role }),
      user: { sub: String(role), name: `The ${String(role)}` },
      ...more,
    });
  const { course, agent } = await open('Instructor');
  const place = { deployment: deployment._id, course };
  return {
    ...place,
    tree,
    items: tree.competencies.map(({ identifier }) => identifier),
    open,
    async type(...lines) {
      await agent.postForm(
        `/activities?course=${course}`,
        { lines: lines.join('\n') },
        { action: '/activities' },
      );
      const known = await listActivities(place);
      return lines.map(
        (line) => known.find(({ title }) => title === line.split(',')[0]?.trim())?.id ?? '',
      );
    },
    async alignedTo(activity) {
      return (await findAlignment({ ...place, activity })).current;
    },
  };
}

/** A hosted lesson with one question, for the first competency; answers its resource id. */
export async function createLesson(url: string): Promise<string> {
  await importLessons({
    text: JSON.stringify({
      schemaVersion: 1,
      lessons: [
        {
          key: 'privacy',
          title: 'Privacy in short',
          description: 'What privacy means.',
          durationMinutes: 10,
          difficulty: 'introductory',
          passFraction: 0.6,
          serves: ['Do the first thing (with care).'],
          sections: [{ heading: 'One', paragraphs: ['Keep it private.'] }],
          questions: [
            {
              id: 'q1',
              text: 'Private?',
              options: [
                { id: 'a', text: 'Yes' },
                { id: 'b', text: 'No' },
              ],
              answer: 'a',
              why: 'It is.',
            },
          ],
        },
      ],
    }),
    framework: 'small',
    now: new Date(),
    url,
  });
  const [lesson] = await listServingResources({ framework: 'small', viewer: VIEWER });
  return lesson?.id ?? '';
}
