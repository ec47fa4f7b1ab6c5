// Makes the id_token of a granted launch: of an activity, of a review, or of choosing content, which also opens the request
// that the tool's answer has to name. A launch that is to be refused is spoilt here.
import { mayTeach, type DemoCourse, type Person } from './demo-course.js';
import { contentReturnUrl } from './demo-addresses.js';
import type { Demo, PendingLaunch } from './demo.js';
import { requireTool } from './demo-tools.js';
import { randomKey } from './expiring-store.js';
import {
  buildDeepLinkingClaims,
  buildResourceLinkClaims,
  buildReviewClaims,
  type LaunchInput,
} from './launch-claims.js';
import { findActivity, gone } from './launch-subject.js';
import { findCoupledLineItem, listLineItems } from './line-items.js';
import {
  buildMoodleDeepLinkingClaims,
  buildMoodleResourceLinkClaims,
  buildMoodleReviewClaims,
} from './moodle-claims.js';
import { addressOf } from './open-course.js';
import { openSigningKey } from './signing-key.js';
import { SITE_ID, toSiteClaims } from './site.js';
import { spoilClaims } from './wrong-launches.js';

interface Granted {
  demo: Demo;
  person: Person;
  launch: PendingLaunch;
  nonce: string;
}

export async function issueIdToken(granted: Granted): Promise<string> {
  const { demo, launch } = granted;
  const claims = spoilClaims(buildClaims(granted), launch.wrong);
  if (launch.wrong !== 'other-key') return demo.key.sign(claims);
  const other = await openSigningKey({ dataFolder: null, log: demo.log });
  return other.sign(claims, demo.key.jwk['kid']);
}

function buildClaims({ demo, person, launch, nonce }: Granted) {
  const course = [...demo.courses, demo.site].find(({ id }) => id === launch.courseId);
  if (!course) throw gone();
  const tool = requireTool(demo.tools, launch.clientId);
  const { registration, now } = demo;
  const { documentTarget, subject } = launch;
  const address = addressOf({ demo, course, tool });
  const platform = { url: demo.url, issuer: registration.issuer, name: registration.name };
  const input = { platform, address, tool, course, person, nonce, documentTarget, now: now() };
  const build = tool.mode === 'moodle' ? MOODLE : STANDARD;
  if (subject.kind === 'content') return build.content({ ...input, ...openRequest(demo, input) });

  const activity = findActivity({ demo, course, person, subject });
  const records = demo.records.read();
  const link = { courseId: course.id, resourceLinkId: activity.id };
  const lineItems = listLineItems(records, { ...link, resource_link_id: activity.id });
  const withActivity = { ...input, activity, lineItems };
  if (subject.kind === 'activity') {
    const lineItemId = findCoupledLineItem(records, link)?.id ?? null;
    const claims = build.activity({ ...withActivity, lineItemId });
    if (course.id !== SITE_ID) return claims;
    const { title } = course;
    return toSiteClaims(claims, { tool, person, title, returnUrl: `${demo.url}/site` });
  }
  const learner = course.people.find(({ id }) => id === subject.learnerId);
  if (!learner) throw gone();
  return build.review({ ...withActivity, lineItemId: subject.lineItemId, learner });
}

const STANDARD = {
  activity: buildResourceLinkClaims,
  content: buildDeepLinkingClaims,
  review: buildReviewClaims,
};
const MOODLE = {
  activity: buildMoodleResourceLinkClaims,
  content: buildMoodleDeepLinkingClaims,
  review: buildMoodleReviewClaims,
};

function openRequest(demo: Demo, { person, course, tool }: LaunchInput & { course: DemoCourse }) {
  if (!mayTeach(person)) throw gone();

  const [request, data] = [randomKey(), randomKey()];
  const pending = { personId: person.id, courseId: course.id, clientId: tool.clientId, data };
  demo.contentRequests.put(request, pending);
  const { url } = demo;
  const returnUrl =
    tool.mode === 'moodle'
      ? `${url}/mod/lti/contentitem_return.php?course=${course.id}&id=${tool.deploymentId}&sesskey=${request}`
      : contentReturnUrl({ url, courseId: course.id, request });
  return { targetLinkUri: tool.deepLinkingUrl, returnUrl, data };
}
