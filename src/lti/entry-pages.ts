// Pages of somebody who has no cookie of ours yet: the one that asks the platform's storage, and the one with a button that
// opens a window. They hold nothing personal but what this browser sent us a moment ago, and any platform may frame them.
import type { Request, Response } from 'express';
import { wordsFor } from '../http/catalogue.js';
import { pageShell } from '../http/page-shell.js';
import { setPolicy } from '../http/security.js';
import { renderPage } from '../http/views.js';

/** The button's form: where it posts to, and the one-time code. */
export interface WindowForm {
  action: '/lti/login/window' | '/lti/launch/window';
  code: string;
}

export interface StorageFrame {
  /** `_parent`, or the name of a frame beside ours. */
  target: string;
  /** Of the platform's authorization endpoint: nobody else is asked or believed. */
  origin: string;
  /** Names the login; says nothing about its state. */
  key: string;
}

interface PageOptions {
  /** Who may frame the page; anybody while nothing is verified. */
  frameAncestors?: string[];
  /** Where a login's window leads on to. */
  formAction?: string[];
}

/** One sentence and one button. */
export function sendWindowPage(
  req: Request,
  res: Response,
  options: PageOptions & { form: WindowForm },
): void {
  prepare(res, options);
  render(req, res, { view: 'lti/open-window', data: { form: options.form } });
}

/** Keeps the browser's secret with the platform, then goes on to it; without an answer shows the button instead. */
export function sendStoragePutPage(
  req: Request,
  res: Response,
  options: PageOptions & { frame: StorageFrame; value: string; next: string; form: WindowForm },
): void {
  const { frame, value, next, form } = options;
  prepare(res, options);
  const data = { frame, value, next, form };
  render(req, res, { view: 'lti/storage-put', data, scripts: ['storage-proof.js'] });
}

/** Gets the browser's secret from the platform and posts it with the token, which this browser has just brought. */
export function sendStorageGetPage(
  req: Request,
  res: Response,
  options: { frame: StorageFrame; idToken: string; state: string },
): void {
  prepare(res, {});
  render(req, res, { view: 'lti/storage-get', data: options, scripts: ['storage-proof.js'] });
}

/** Their forms come back to us and must say where from, so the referrer stays within our origin. */
function prepare(res: Response, options: PageOptions): void {
  const { frameAncestors = ['*'], formAction = [] } = options;
  setPolicy(res, { frameAncestors, formAction });
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Referrer-Policy', 'same-origin');
}

function render(
  req: Request,
  res: Response,
  options: { view: string; data: object; scripts?: string[] },
): void {
  const { view, data, scripts = [] } = options;
  const title = wordsFor(pageShell(req).language)('lti:entry.title');
  renderPage(req, res, { view, layout: 'bare', title, data: { ...data }, scripts });
}
