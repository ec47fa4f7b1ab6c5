// Invitations to connect a platform: made here or on the command line, listed, and withdrawn. The address is shown once, in
// the answer to the form, for only its hash is stored. The operator's alone.
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { createInvitation, DEFAULT_INVITATION_HOURS } from '../lti/create-invitation.js';
import { requireOperatorOr } from '../lti/guards.js';
import { invitationState } from '../lti/invitation-state.js';
import { listInvitations, revokeInvitation } from '../lti/invitation.model.js';
import { findPlatform, listPlatforms } from '../lti/platform.model.js';
import { adminPath } from './admin-path.js';
import { requireOperator } from './admin-scope.js';
import { InvitationForm, toInvitationInput } from './invitation-form.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';

/** Our field of the use case, and the form's. */
const FIELDS: Record<string, string> = {
  unknownDeployments: 'deployments',
  furtherHosts: 'hosts',
};
const TYPED = { kind: 'production', deployments: 'queue', hours: String(DEFAULT_INVITATION_HOURS) };

export interface InvitationsDeps {
  now: () => Date;
  url: string;
}

interface PageState {
  typed: Record<string, string>;
  faults: Record<string, string>;
  /** Of the invitation that was just made. */
  address: string | null;
}

export function invitationsRoutes(deps: InvitationsDeps): Router {
  const router = Router();
  const mayEnter = requireOperatorOr('Administrator');

  router.get('/admin/invitations', mayEnter, async (req, res) => {
    requireOperator(req);
    const { platform = '' } = parseInput(z.object({ platform: z.string().optional() }), req.query);
    const typed = { ...TYPED, platform };
    await showInvitations(req, res, { deps, page: { typed, faults: {}, address: null } });
  });

  router.post('/admin/invitations', mayEnter, checkForm(), async (req, res) => {
    requireOperator(req);
    const outcome = await tryForm(req.body, () =>
      createInvitation(toInvitationInput(parseInput(InvitationForm, req.body)), {
        url: deps.url,
        now: deps.now(),
      }),
    );
    const page = outcome.isDone
      ? { typed: TYPED, faults: {}, address: outcome.value.address }
      : readFaults(outcome.faults);
    await showInvitations(req, res, { deps, page });
  });

  router.post(
    '/admin/invitations/:invitation/revocation',
    mayEnter,
    checkForm(),
    async (req, res) => {
      requireOperator(req);
      const { invitation } = parseInput(z.object({ invitation: z.string().max(100) }), req.params);
      if (!(await revokeInvitation({ invitation, now: deps.now() })))
        throw new AppError('admin.not-found', { status: 404 });
      res.redirect(303, adminPath(req, '/admin/invitations', 'invitation-revoked'));
    },
  );

  return router;
}

function readFaults({ fields, typed }: FormFaults): PageState {
  const named = Object.entries(fields).map(([field, fault]) => {
    const [name = ''] = field.split('.');
    return [FIELDS[name] ?? name, fault] as const;
  });
  return { typed, faults: Object.fromEntries(named), address: null };
}

async function showInvitations(
  req: Request,
  res: Response,
  options: { deps: InvitationsDeps; page: PageState },
): Promise<void> {
  const { typed, faults, address } = options.page;
  const now = options.deps.now();
  const asked = typed['platform'] ?? '';
  const [invitations, platforms, again] = await Promise.all([
    listInvitations({ now }),
    listPlatforms(),
    asked === '' ? null : findPlatform({ platform: asked }),
  ]);
  const names = new Map(platforms.map(({ _id, name }) => [_id, name]));
  const hasFaults = Object.keys(faults).length > 0;
  renderAdmin(req, res, {
    section: 'platforms',
    view: 'invitations',
    title: adminWords(req)('admin:invitations.title'),
    status: hasFaults ? 400 : 200,
    scripts: ['copy.js'],
    data: {
      typed,
      faults,
      hasFaults,
      address,
      again: again && { id: again._id, name: again.name },
      invitations: invitations.map((one) => ({
        ...one,
        state: invitationState(one, now),
        connected: one.usedBy && (names.get(one.usedBy) ?? null),
        again: one.platform && (names.get(one.platform) ?? null),
      })),
    },
  });
}
