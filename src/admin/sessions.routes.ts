// Who is signed in: an administrator sees and ends the sessions of their own deployment, the operator all. Shows a person,
// courses and times; never a token or a cookie.
import { Router, type Request } from 'express';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import { listSessions, type SessionRow } from '../lti/list-sessions.js';
import type { NoteLook } from '../lti/note-look.js';
import { personLabel } from '../lti/person-label.js';
import { revokeDeployment, revokePerson, revokeSession } from '../lti/revoke-session.js';
import { adminPath } from './admin-path.js';
import { noteAdminLook } from './note-admin-look.js';
import { readAdminScope, requireInScope } from './admin-scope.js';
import { adminWords, renderAdmin } from './render-admin.js';

const PAGE_SESSIONS = 50;
const PageQuery = z.object({ page: z.coerce.number().int().min(1).max(1_000).catch(1) });
const id = z.string().min(1).max(100);
const RevokeInput = z.union([
  z.object({ session: id }),
  z.object({ user: id }),
  z.object({ deployment: id }),
]);

export function sessionsAdminRoutes(deps: { now: () => Date; noteLook: NoteLook }): Router {
  const { now, noteLook } = deps;
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/sessions', mayRead, async (req, res) => {
    const { page } = parseInput(PageQuery, req.query);
    const deployment = readBorder(req);
    const choice = deployment === null ? {} : { deployment };
    const rows = await listSessions({ choice, now: now() });
    const start = (page - 1) * PAGE_SESSIONS;
    const shown = rows.slice(start, start + PAGE_SESSIONS);
    await noteAdminLook(req, {
      ...{ noteLook, subject: 'sessions', names: 'shown', shown, now: now() },
    });
    renderAdmin(req, res, {
      section: 'sessions',
      data: {
        rows: shown.map((row) => toShown(req, row)),
        total: rows.length,
        deployments: listDeploymentsOf(rows),
        pager: {
          newer: page > 1 ? page - 1 : null,
          older: rows.length > start + PAGE_SESSIONS ? page + 1 : null,
        },
      },
    });
  });

  router.post('/admin/sessions/revocations', mayRead, checkForm(), async (req, res) => {
    const asked = parseInput(RevokeInput, req.body);
    const border = readBorder(req);
    if ('session' in asked) await revokeSession({ session: asked.session, border });
    else if ('user' in asked) await revokePerson({ user: asked.user, border });
    else {
      const deployment = requireInScope(readAdminScope(req), asked.deployment);
      await revokeDeployment({ deployment });
    }
    res.redirect(303, adminPath(req, '/admin/sessions', 'sessions-ended'));
  });

  return router;
}

/** The deployment that bounds an administrator; null for the operator. */
function readBorder(req: Request): string | null {
  const scope = readAdminScope(req);
  return scope.kind === 'operator' ? null : scope.deployment;
}

function toShown(req: Request, row: SessionRow) {
  const words = adminWords(req);
  const { user, userName: name, roles } = row;
  return {
    ...row,
    label:
      user === null ? words('admin:sessions.operator') : personLabel({ user, name, roles, words }),
    courses: row.courses.map(({ title }) => title ?? words('admin:sessions.untitled')),
  };
}

function listDeploymentsOf(rows: SessionRow[]): { id: string; name: string }[] {
  const names = new Map<string, string>();
  for (const { deployment, deploymentName } of rows)
    if (deployment !== null) names.set(deployment, deploymentName ?? deployment);
  return [...names].map(([deployment, name]) => ({ id: deployment, name }));
}
