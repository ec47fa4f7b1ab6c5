// Draws an administration page with the row of its sections above it.
import type { Request, Response } from 'express';
import { wordsFor, type Words } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { isOperator } from '../lti/current-operator.js';

const SECTIONS = [
  'overview',
  'platforms',
  'deployments',
  'grants',
  'sessions',
  'destinations',
  'statements',
  'scores',
  'resource-reports',
  'launches',
  'frameworks',
  'keys',
  'lrs-keys',
  'stored-statements',
] as const;
/** Not shown to administrators of a deployment. */
const OPERATOR_SECTIONS: readonly string[] = ['keys', 'lrs-keys', 'stored-statements'];
/** Not shown to the operator, who answers for no person of a school. */
const ADMINISTRATOR_SECTIONS: readonly string[] = ['grants'];
export type AdminSection = (typeof SECTIONS)[number];

export function renderAdmin(
  req: Request,
  res: Response,
  page: {
    section: AdminSection;
    /** Where it is not the section's own page. */
    view?: string;
    title?: string;
    status?: number;
    scripts?: string[];
    data: Record<string, unknown>;
  },
): void {
  const { section, view = section, title, status = 200, scripts = [], data } = page;
  const hidden = isOperator(req) ? ADMINISTRATOR_SECTIONS : OPERATOR_SECTIONS;
  const titleKey = section === 'overview' ? 'admin:title' : `admin:${section}.title`;
  renderPage(req, res, {
    view: `admin/${view}`,
    title: title ?? adminWords(req)(titleKey),
    status,
    scripts,
    data: {
      sections: SECTIONS.filter((name) => !hidden.includes(name)).map((name) => ({
        name,
        path: name === 'overview' ? '/admin' : `/admin/${name}`,
        isCurrent: name === section,
      })),
      isOperator: isOperator(req),
      ...data,
    },
  });
}

/** Words in the language of the page. */
export function adminWords(req: Request): Words {
  return wordsFor(pageShell(req).language);
}
