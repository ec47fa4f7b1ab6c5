// The roster as Moodle 4.5.6 serves it: short roles, in which a non-editing teacher is a learner; no administrators who are
// not enrolled; suspended people left out, not marked.
import { Router, type Request } from 'express';
import { membershipsUrl } from './demo-addresses.js';
import type { MemberKind, Person } from './demo-course.js';
import type { Demo } from './demo.js';
import { allowOnly } from './demo-errors.js';
import { isSuspended } from './demo-records.js';
import { requireTool, type DemoTool } from './demo-tools.js';
import { nameClaims } from './launch-claims.js';
import { MEDIA } from './media-types.js';
import { isAccepted, refuseType, refuseUnknown } from './moodle-line-items.routes.js';
import { hasScope } from './moodle-service.js';
import { courseActivities, serviceCourse } from './open-course.js';
import { takePage } from './paging.js';

const MEMBER_ROLES: Record<MemberKind, string | null> = {
  Learner: 'Learner',
  Instructor: 'Instructor',
  Officer: 'Learner',
  Administrator: null,
};
const LIS_MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership#';

export function moodleMembershipRoutes(demo: Demo): Router {
  const router = Router();

  router
    .route('/mod/lti/services.php/CourseSection/:course/bindings/:type/memberships')
    .get((req, res) => {
      if (!isAccepted(req, MEDIA.membershipContainer)) return refuseType(res);
      if (!hasScope({ demo, req, res, anyOf: ['memberships'] })) return;
      const { course, address } = serviceCourse({ demo, req, courseId: req.params.course });
      const tool = requireTool(demo.tools, demo.accessTokens.clientOf(req));
      const rlid = textOf(req, 'rlid');
      if (rlid !== null && !courseActivities({ demo, course }).some(({ id }) => id === rlid))
        return refuseUnknown(res);
      const role = textOf(req, 'role')?.replace(LIS_MEMBERSHIP, '') ?? null;
      const records = demo.records.read();
      const rows = course.people.filter(
        (person) =>
          MEMBER_ROLES[person.kind] !== null &&
          (role === null || MEMBER_ROLES[person.kind] === role) &&
          !isSuspended(records, { course, person }),
      );
      const members = takePage({ req, res, url: demo.url, rows }).map((person) =>
        describeMember({ person, tool, hasMessage: rlid !== null }),
      );
      const body = {
        id: membershipsUrl(address),
        context: { id: course.id, label: course.label, title: course.title },
        members,
      };
      res.type(MEDIA.membershipContainer).send(JSON.stringify(body).replaceAll('/', '\\/'));
    })
    .all(allowOnly('GET'));

  return router;
}

function describeMember(options: { person: Person; tool: DemoTool; hasMessage: boolean }) {
  const { person, tool, hasMessage } = options;
  const message = {
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
  };
  return {
    status: 'Active',
    roles: [MEMBER_ROLES[person.kind]],
    user_id: person.id,
    lis_person_sourcedid: person.sisId ?? '',
    ...nameClaims({ person, tool }),
    ext_user_username: `user${person.id}`,
    ...(hasMessage ? { message: [message] } : {}),
  };
}

function textOf(req: Request, name: string): string | null {
  const value = req.query[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
