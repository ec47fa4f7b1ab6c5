// Names and Role Provisioning Services 2.0: who belongs to the course. A person who shares no
// name or e-mail is listed without them; with rlid each member carries that link's custom values.
import { Router } from 'express';
import { z } from 'zod';
import { SCOPES } from './access-tokens.js';
import { expandCustom } from './custom-parameters.js';
import type { DemoActivity } from './demo-activities.js';
import { membershipsUrl, SERVICE_PATHS } from './demo-addresses.js';
import { hasRole, type DemoCourse, type Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { isSuspended } from './demo-records.js';
import { allowOnly, DemoError, readInput } from './demo-errors.js';
import { MEDIA, requireAccept } from './media-types.js';
import { courseActivities, serviceCourse } from './open-course.js';
import { takePage } from './paging.js';

const filterSchema = z.object({
  role: z.string().min(1).optional(),
  rlid: z.string().min(1).optional(),
});

export function membershipRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route(`${SERVICE_PATHS.standard}/memberships`)
    .get(
      demo.accessTokens.requireScope([SCOPES.memberships]),
      requireAccept(MEDIA.membershipContainer),
      (req, res) => {
        const { role, rlid } = readInput(filterSchema, req.query);
        const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
        const activity = rlid === undefined ? null : getActivity({ demo, course, id: rlid });
        const rows = course.people.filter((person) => role === undefined || hasRole(person, role));
        const page = takePage({ req, res, url: demo.url, rows });
        const body = {
          id: membershipsUrl(address),
          context: { id: course.id, label: course.label, title: course.title },
          members: page.map((person) => describeMember({ demo, course, person, activity })),
        };
        res.type(MEDIA.membershipContainer).send(JSON.stringify(body));
      },
    )
    .all(allowOnly('GET'));

  return router;
}

function getActivity({
  demo,
  course,
  id,
}: {
  demo: Demo;
  course: DemoCourse;
  id: string;
}): DemoActivity {
  const activities = courseActivities({ demo, course });
  const activity = activities.find((candidate) => candidate.id === id);
  if (activity) return activity;
  throw new DemoError({
    status: 404,
    code: 'not_found',
    message: 'rlid: no link of this tool in this course',
  });
}

function describeMember({
  demo,
  course,
  person,
  activity,
}: {
  demo: Demo;
  course: DemoCourse;
  person: Person;
  activity: DemoActivity | null;
}) {
  const isNamed = person.givenName !== undefined && person.familyName !== undefined;
  return {
    status: isSuspended(demo.records.read(), { course, person }) ? 'Inactive' : 'Active',
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
