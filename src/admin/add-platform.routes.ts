// Connecting a platform by hand: every address to copy into it, in the words of its own screens, and the form for what it
// gives back. The addresses are for every administrator; adding is the operator's.
import { Router, type Request, type Response } from 'express';
import { parseInput } from '../http/parse-input.js';
import { checkForm } from '../lti/check-form.js';
import { requireOperatorOr } from '../lti/guards.js';
import { addPlatform } from '../lti/manage-platforms.js';
import { adminPath } from './admin-path.js';
import { requireOperator } from './admin-scope.js';
import {
  listToolAddresses,
  PLATFORM_FIELDS,
  PlatformForm,
  toPlatformInput,
} from './platform-form.js';
import { tryForm, type FormFaults } from './read-form.js';
import { adminWords, renderAdmin } from './render-admin.js';

export interface AddPlatformDeps {
  now: () => Date;
  /** Whether a request of ours could set out for an address. */
  mayReach: (url: string) => boolean;
  /** Our public base address. */
  url: string;
}

export function addPlatformRoutes(deps: AddPlatformDeps): Router {
  const router = Router();
  const mayRead = requireOperatorOr('Administrator');

  router.get('/admin/platforms/addresses', mayRead, (req, res) => {
    renderAdmin(req, res, {
      section: 'platforms',
      view: 'platform-addresses',
      title: adminWords(req)('admin:addresses.title'),
      scripts: ['copy.js'],
      data: { products: listToolAddresses(deps.url) },
    });
  });

  router.get('/admin/platforms/new', mayRead, (req, res) => {
    requireOperator(req);
    showForm(req, res, null);
  });

  router.post('/admin/platforms', mayRead, checkForm(), async (req, res) => {
    requireOperator(req);
    const { mayReach, now } = deps;
    const outcome = await tryForm(req.body, () =>
      addPlatform(toPlatformInput(parseInput(PlatformForm, req.body)), { now: now(), mayReach }),
    );
    if (!outcome.isDone) return showForm(req, res, outcome.faults);
    res.redirect(303, adminPath(req, '/admin/platforms', 'platform-added'));
  });

  return router;
}

function showForm(req: Request, res: Response, faults: FormFaults | null): void {
  const { kind } = faults?.typed ?? {};
  renderAdmin(req, res, {
    section: 'platforms',
    view: 'add-platform',
    title: adminWords(req)('admin:platforms.form.title'),
    status: faults === null ? 200 : 400,
    data: {
      hasFaults: faults !== null,
      isTest: kind === 'test',
      fields: PLATFORM_FIELDS.map((field) => ({
        ...field,
        value: faults?.typed[field.name] ?? '',
        fault: faults?.fields[field.name] ?? null,
      })),
    },
  });
}
