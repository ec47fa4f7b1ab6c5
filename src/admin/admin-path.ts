// An address of the administration pages after a form: keeps the launch's course, and says what was done.
import type { Request } from 'express';
import { pageShell } from '../http/page-shell.js';

/** `notice` is a code of notices.json. */
export function adminPath(req: Request, path: string, notice: string): string {
  const search = new URLSearchParams(pageShell(req).courseQuery);
  search.set('notice', notice);
  return `${path}?${search.toString()}`;
}
