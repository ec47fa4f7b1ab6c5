// Fills a course as large as one gets: 200 activities, of which 60 are aligned, evidence for these, and a framework of 1,000
// competencies. Written by the rooms' own functions into the tool's database.
import { listActivities, recordActivities } from '../../src/activities/activity.model.js';
import { replaceAlignments, STAGES } from '../../src/activities/alignment.model.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { getFramework } from '../../src/frameworks/cf-document.model.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { readTree } from '../../src/frameworks/read-tree.js';
import { changeDeployment } from '../../src/lti/deployment.model.js';
import { courseRecordId } from '../../src/lti/record-ids.js';
import { courseContextId, type FakePlatform, type Seat } from './fake-platform.js';
import type { ToolStarter } from './start-tool.js';

const FRAMEWORK = 'large';
const ACTIVITIES = 200;
const ALIGNED = 60;
const LEARNERS = 30;
const DOMAINS = 10;
const SUBDOMAINS = 10;
const COMPETENCIES = 10;
const VERBS = ['Apply', 'Analyze', 'Evaluate', 'Explain', 'Manage', 'Verify', 'Design'];
const MATTERS = ['record retention', 'release of information', 'health data', 'coding', 'audits'];
const PLACES = ['clinics', 'hospitals', 'registries', 'research', 'public health', 'payment'];

export async function prepareLargeCourse(options: {
  tool: ToolStarter;
  platform: FakePlatform;
  seat: Seat;
}): Promise<{ course: string; activity: string; described: string }> {
  const { tool, seat } = options;
  const { deployment } = tool;
  const now = new Date();
  await importFramework({
    text: writePage(),
    format: 'him-page',
    framework: FRAMEWORK,
    now,
    url: tool.url,
  });
  await changeDeployment({ deployment, change: { framework: FRAMEWORK } });
  const framework = await getFramework({ framework: FRAMEWORK, viewer: { deployment } });
  const { competencies } = await readTree({ framework });
  const course = courseRecordId({ deployment, contextId: courseContextId(seat) });
  await recordActivities({
    url: tool.url,
    now,
    facts: Array.from({ length: ACTIVITIES }, (_, index) => ({
      deployment,
      course,
      key: ['typed', String(index)],
      title: `Assignment ${String(index + 1)}: ${pick(MATTERS, index)} in ${pick(PLACES, index)}`,
      kind: 'assignment' as const,
      source: 'typed' as const,
      address: `https://lms.example.edu/assignments/${String(index + 1)}`,
      resourceLinkId: null,
      lineItemUrl: null,
      lesson: null,
      assessed: index % 2 === 0,
      lastLaunchAt: null,
    })),
  });
  const activities = await listActivities({ deployment, course });
  for (const [index, activity] of activities.slice(0, ALIGNED).entries())
    await replaceAlignments({
      deployment,
      course,
      activity: activity.id,
      expectedRevision: 0,
      items: competencies.slice(index * 3, index * 3 + 3).map(({ identifier }, place) => ({
        framework: FRAMEWORK,
        item: identifier,
        stage: pick(STAGES, place),
      })),
      by: 'bench',
      now,
    });
  await recordEvidence({
    evidence: activities.slice(0, ALIGNED).flatMap((activity) =>
      Array.from({ length: LEARNERS }, (_, learner) => ({
        statementId: `${activity.id} ${String(learner)}`,
        deployment,
        user: `learner-${String(learner)}`,
        course,
        objectId: activity.id,
        objectKind: 'activity' as const,
        title: activity.title,
        kind: 'declared' as const,
        completes: true,
        imported: false,
        success: null,
        score: null,
        at: now,
        item: null,
        by: null,
        withdrawn: null,
      })),
    ),
  });
  return {
    course,
    activity: activities[ALIGNED]?.id ?? '',
    described: `${String(activities.length)} activities, ${String(ALIGNED)} aligned, ${String(ALIGNED * LEARNERS)} pieces of evidence, ${String(competencies.length)} competencies`,
  };
}

/** A framework in the layout of the published page. */
function writePage(): string {
  const lines = ['  Back to Career Pathways', '', 'Large (LARGE) Competency Framework', ''];
  lines.push('Read more about Large Career Pathway', '');
  lines.push('The number of available resources are displayed in parentheses. Click on one.', '');
  for (let domain = 0; domain < DOMAINS; domain += 1) {
    lines.push(`Domain ${String(domain + 1)}`, '');
    for (let subdomain = 0; subdomain < SUBDOMAINS; subdomain += 1) {
      lines.push(`Subdomain ${String(domain + 1)} of part ${String(subdomain + 1)}`, '');
      for (let index = 0; index < COMPETENCIES; index += 1) {
        const at = (domain * SUBDOMAINS + subdomain) * COMPETENCIES + index;
        lines.push(
          `  • ${pick(VERBS, at)} ${pick(MATTERS, at)} in ${pick(PLACES, at)}, case ${String(at)}. (0)`,
        );
      }
      lines.push('');
    }
  }
  return lines.join('\n');
}

function pick<One>(list: readonly One[], index: number): One {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
