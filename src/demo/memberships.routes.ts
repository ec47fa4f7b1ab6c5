// Names and Role Provisioning Services 2.0: who belongs to the course. A person who shares no
// name or e-mail is listed without them; with rlid each member carries that link's custom values.
import { Router } from 'express';
import { z } from 'zod';
import { SCOPES } from './access-tokens.js';
import { expandCustom } from './custom-parameters.js';
import { listActivities, type DemoActivity } from './demo-activities.js';
import { membershipsUrl } from './demo-addresses.js';
import { hasRole, type DemoCourse, type Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { MEDIA, requireAccept } from './media-types.js';
import { takePage } from './paging.js';

const filterSchema = z.object({
  role: z.string().min(1).optional(),
  rlid: z.string().min(1).optional(),
});

export function membershipRoutes(demo: Demo): Router {
  const router = Router();
  const { url, course } = demo;

  router
    .route(`/services/courses/${course.id}/memberships`)
    .get(
      demo.accessTokens.requireScope([SCOPES.memberships]),
      requireAccept(MEDIA.membershipContainer),
      (req, res) => {
        const { role, rlid } = readInput(filterSchema, req.query);
        const activity = rlid === undefined ? null : getActivity(demo, rlid);
        const rows = course.people.filter((person) => role === undefined || hasRole(person, role));
        const page = takePage({ req, res, url, rows });
        const body = {
          id: membershipsUrl({ url, courseId: course.id }),
          context: { id: course.id, label: course.label, title: course.title },
          members: page.map((person) => describeMember({ course, person, activity })),
        };
        res.type(MEDIA.membershipContainer).send(JSON.stringify(body));
      },
    )
    .all(allowOnly('GET'));

  return router;
}

function getActivity(demo: Demo, id: string): DemoActivity {
  const activities = listActivities({ ...demo, records: demo.records.read() });
  const activity = activities.find((candidate) => candidate.id === id);
  if (activity) return activity;
  throw new DemoError({
    status: 404,
    code: 'not_found',
    message: 'rlid: no link of this tool in this course',
  });
}

function describeMember({
  course,
  person,
  activity,
}: {
  course: DemoCourse;
  person: Person;
  activity: DemoActivity | null;
}) {
  const isNamed = person.givenName !== undefined && person.familyName !== undefined;
  return {
    status: 'Active',
    user_id: person.id,
    roles: person.roles,
    ...(isNamed
      ? {
          name: person.displayName,
          given_name: person.givenName,
          family_name: person.familyName,
        }
      : {}),
    ...(person.email === undefined ? {} : { email: person.email }),
    ...(person.sisId === undefined ? {} : { lis_person_sourcedid: person.sisId }),
    ...(activity === null ? {} : { message: [describeMessage({ course, person, activity })] }),
  };
}

function describeMessage({
  course,
  person,
  activity,
}: {
  course: DemoCourse;
  person: Person;
  activity: DemoActivity;
}) {
  const custom = { ...course.custom, ...activity.custom };
  return {
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
    'https://purl.imsglobal.org/spec/lti/claim/custom': expandCustom({ course, person, custom }),
  };
}
