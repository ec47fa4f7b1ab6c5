// Makes the id_token of a granted launch: of an activity, or of choosing content, which also
// opens the request that the tool's answer has to name.
import { listVisibleActivities } from './demo-activities.js';
import { mayTeach, type Person } from './demo-course.js';
import type { Demo, PendingLaunch } from './demo.js';
import { DemoError } from './demo-errors.js';
import { randomKey } from './expiring-store.js';
import {
  buildDeepLinkingClaims,
  buildResourceLinkClaims,
  type LaunchInput,
} from './launch-claims.js';
import { findCoupledLineItem } from './line-items.js';

export function issueIdToken({
  demo,
  person,
  launch,
  nonce,
}: {
  demo: Demo;
  person: Person;
  launch: PendingLaunch;
  nonce: string;
}): string {
  const { url, registration, course } = demo;
  const { documentTarget, activityId } = launch;
  const input = { url, registration, course, person, nonce, documentTarget, now: demo.now() };
  const claims =
    activityId === null
      ? openContentRequest({ demo, input })
      : describeActivity({ demo, input, activityId });
  return demo.key.sign(claims);
}

function describeActivity({
  demo,
  input,
  activityId,
}: {
  demo: Demo;
  input: LaunchInput;
  activityId: string;
}) {
  const records = demo.records.read();
  const activities = listVisibleActivities({ ...demo, records }, input.person);
  const activity = activities.find(({ id }) => id === activityId);
  if (!activity) throw gone();

  const lineItemId = findCoupledLineItem(records, activity.id)?.id ?? null;
  return buildResourceLinkClaims({ ...input, activity, lineItemId });
}

function openContentRequest({ demo, input }: { demo: Demo; input: LaunchInput }) {
  if (!mayTeach(input.person)) throw gone();

  const [request, data] = [randomKey(), randomKey()];
  demo.contentRequests.put(request, { personId: input.person.id, data });
  const targetLinkUri = `${demo.toolUrl}/activities`;
  return buildDeepLinkingClaims({ ...input, targetLinkUri, request, data });
}

function gone(): DemoError {
  return new DemoError({
    status: 404,
    code: 'not_found',
    message: 'What was to be opened is no longer in this course.',
  });
}
