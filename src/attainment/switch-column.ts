// Switches the course's column of attainment on and off. On: the platform makes the column, or gives the one that is there,
// then one write is the fact. Off: the write comes first, so that nothing more is sent whatever the platform answers.
import type { CourseLaunch } from '../activities/complete-object.js';
import { ATTAINMENT_TAG } from '../activities/record-course-activities.js';
import { dropWaitingScores } from '../activities/score-delivery.model.js';
import { AppError } from '../http/errors.js';
import { createLineItem } from '../lti/claim-line-item.js';
import { deleteLineItem } from '../lti/line-items.js';
import type { LtiServices } from '../lti/lti-services.js';
import { SCOPE } from '../lti/vocabulary.js';
import {
  endColumn,
  findColumn,
  writeColumn,
  type ColumnContent,
} from './attainment-column.model.js';
import { listColumnValues } from './column-value.model.js';
import { COLUMN_MAXIMUM } from './plan-column-values.js';

/** Why the platform of this launch takes no column of ours; null where it does. */
export function whyNoColumn(
  launch: Pick<CourseLaunch, 'services'>,
): 'no-service' | 'no-columns' | 'no-scores' | null {
  const { lineItemsUrl, gradeScopes } = launch.services;
  if (lineItemsUrl === null) return 'no-service';
  if (!gradeScopes.includes(SCOPE.lineItem)) return 'no-columns';
  return gradeScopes.includes(SCOPE.score) ? null : 'no-scores';
}

/** Throws `column.already-on` (409), and `lti.service-…`, `lti.line-item-busy` as the platform answers. */
export async function switchColumnOn(options: {
  launch: CourseLaunch;
  services: LtiServices;
  framework: string;
  content: ColumnContent;
  label: string;
  now: Date;
}): Promise<void> {
  const { launch, services, framework, content, label, now } = options;
  const { deployment, course, platform, user: by } = launch;
  const before = await findColumn({ deployment, course });
  if (before?.status === 'on') throw new AppError('column.already-on', { status: 409 });
  const resourceId = content.kind === 'item' ? `${course}/${content.item}` : course;
  const { id: lineItemUrl } = await createLineItem({
    services,
    target: launch,
    lineItem: { label, scoreMaximum: COLUMN_MAXIMUM, resourceId, tag: ATTAINMENT_TAG },
  });
  const { gradeScopes } = launch.services;
  await writeColumn({
    column: {
      deployment,
      course,
      platform,
      framework,
      content,
      label,
      lineItemUrl,
      gradeScopes,
      status: 'on',
      by,
      at: now,
      checkedAt: now,
    },
  });
}

/** Leaves the column with its scores, or takes it out of the gradebook. Repeatable. Throws `lti.service-…` when it is off already. */
export async function switchColumnOff(options: {
  launch: CourseLaunch;
  services: LtiServices;
  column: 'leave' | 'remove';
  now: Date;
}): Promise<void> {
  const { launch, services, now } = options;
  const { deployment, course, user: by } = launch;
  const column = await findColumn({ deployment, course });
  if (!column) return;
  const { lineItemUrl } = column;
  await endColumn({ deployment, course, lineItemUrl, status: 'off', by, now });
  const values = await listColumnValues({ deployment, course });
  const users = values.map(({ user }) => user);
  await dropWaitingScores({ deployment, users, lineItemUrl, fault: 'the column is off' });
  if (options.column === 'remove')
    await deleteLineItem({ services, target: launch, url: lineItemUrl });
}
