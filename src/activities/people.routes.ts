// The people of a course with when each was last seen, for those of its staff who may see learners. A content developer may
// not: they write the course and grade nobody.
import { Router } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { getCourseLaunch } from '../lti/current-launch.js';
import { requireLaunch, requireRole } from '../lti/guards.js';
import { listCourseMembers } from '../lti/membership.model.js';
import { noteCourseLook, type NoteLook } from '../lti/note-look.js';
import { listUsers } from '../lti/user.model.js';
import { buildPeopleRows } from './course-people.js';
import { SEES_PEOPLE, wordsOf } from './signed-in.js';

const MAX_READ = 2_000;
const PAGE_SIZE = 100;

const Query = z.object({ page: z.coerce.number().int().min(1).max(MAX_READ).catch(1) });

export function peopleRoutes(deps: { now: () => Date; noteLook: NoteLook }): Router {
  const { now, noteLook } = deps;
  const router = Router();

  router.get('/people', requireLaunch(), requireRole(...SEES_PEOPLE), async (req, res) => {
    const launch = getCourseLaunch(req);
    const { deployment, course } = launch;
    const asked = parseInput(Query, req.query).page;
    const { members, next } = await listCourseMembers({
      deployment,
      course,
      page: { limit: MAX_READ },
    });
    await noteCourseLook({
      ...{ launch, noteLook, subject: 'learners', now: now() },
      people: members.map(({ user }) => user),
    });
    const users = await listUsers({ ids: members.map(({ user }) => user) });
    const words = wordsOf(req);
    const names = new Map(users.flatMap(({ _id, name }) => (name === null ? [] : [[_id, name]])));
    const rows = buildPeopleRows({ members, names, words, language: pageShell(req).language });
    const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
    const page = Math.min(asked, pages);
    const from = (page - 1) * PAGE_SIZE;
    const shown = rows.slice(from, from + PAGE_SIZE);
    const range = { from: from + 1, to: from + shown.length, total: rows.length };
    renderPage(req, res, {
      view: 'activities/people',
      title: words('align:people.title'),
      data: {
        rows: shown,
        isCut: next !== null,
        most: MAX_READ,
        pager: {
          range: pages > 1 ? words('align:list.range', range) : null,
          previousHref: page > 1 ? `/people?page=${String(page - 1)}` : null,
          nextHref: page < pages ? `/people?page=${String(page + 1)}` : null,
        },
      },
    });
  });

  return router;
}
