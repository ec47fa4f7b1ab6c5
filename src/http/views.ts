// Pages: handlebars through express-handlebars, layouts and partials in views/. The only importer of handlebars in the tool.
import { join } from 'node:path';
import type { Express, Request, Response } from 'express';
import { create } from 'express-handlebars';
import Handlebars from 'handlebars';
import { packageRoot } from '../package-root.js';
import type { Assets } from './assets.js';
import { hasWords, wordsFor } from './catalogue.js';
import { directionOf } from './language.js';
import { pageShell } from './page-shell.js';

export interface PageOptions {
  /** Path below views/, without ending, for instance `activities/course`. */
  view: string;
  /** Title in words, already translated. */
  title: string;
  status?: number;
  /** `lti` for hand-over pages without navigation, `main` otherwise. */
  layout?: 'main' | 'bare';
  /** What the view shows. Plain data: no functions, no records of the database. */
  data?: Record<string, unknown>;
  /** Scripts of public/ the page improves itself with. */
  scripts?: string[];
}

/** Tells express how to draw pages; `url` is our public base address. */
export function configureViews(
  app: Express,
  options: { assets: Assets; url: string; production: boolean },
): void {
  const views = join(packageRoot(), 'views');
  const drawing = create({
    extname: '.hbs',
    defaultLayout: 'main',
    layoutsDir: join(views, 'layouts'),
    partialsDir: join(views, 'partials'),
    helpers: viewHelpers(options.assets),
  });
  if (options.production) gatherPartialsOnce(drawing);
  app.engine('hbs', drawing.engine);
  app.set('views', views);
  app.set('view engine', 'hbs');
  app.set('view cache', options.production);
  app.locals['publicUrl'] = options.url;
}

/** The library gathers all partials anew for each page and each layout, though it keeps them: a fair part of a page's time. */
function gatherPartialsOnce(drawing: ReturnType<typeof create>): void {
  const gather = drawing.getPartials.bind(drawing);
  let gathered: ReturnType<typeof gather> | null = null;
  drawing.getPartials = (options = {}) => (gathered ??= gather({ ...options, cache: true }));
}

/** Draws a page and sends it. The shell set by the guards, the language and the notice of the address come by themselves. */
export function renderPage(req: Request, res: Response, options: PageOptions): void {
  const shell = pageShell(req);
  const noticeKey = readNotice(req);
  res.vary('Accept-Language');
  res.status(options.status ?? 200);
  res.render(options.view, {
    layout: options.layout ?? 'main',
    title: options.title,
    shell,
    language: shell.language,
    direction: directionOf(shell.language),
    noticeKey,
    scripts: [...(noticeKey === null ? [] : ['notice.js']), ...(options.scripts ?? [])],
    ...options.data,
  });
}

/** Every page may be told `?notice=CODE` by the redirect before it; only codes of the catalogue are shown. */
function readNotice(req: Request): string | null {
  const code = req.query['notice'];
  if (typeof code !== 'string' || !/^[a-z][a-z-]{1,40}$/.test(code)) return null;
  return hasWords(`notices:${code}`) ? `notices:${code}` : null;
}

type Options = Handlebars.HelperOptions;

function viewHelpers(assets: Assets): Record<string, (...args: never[]) => unknown> {
  return {
    t(this: unknown, key: string, options: Options) {
      return wordsFor(languageOf(options))(key, options.hash);
    },
    asset: (name: string) => assets.path(name),
    date(this: unknown, value: Date | string | null, options: Options) {
      return timeElement(value, languageOf(options), { dateStyle: 'medium' });
    },
    datetime(this: unknown, value: Date | string | null, options: Options) {
      return timeElement(value, languageOf(options), { dateStyle: 'medium', timeStyle: 'short' });
    },
    number(this: unknown, value: number, options: Options) {
      return new Intl.NumberFormat(languageOf(options)).format(value);
    },
    percent(this: unknown, value: number, options: Options) {
      return new Intl.NumberFormat(languageOf(options), {
        style: 'percent',
        maximumFractionDigits: 0,
      }).format(value);
    },
    /** ` lang="en"` for words in another language than the page's (WCAG 2.2, 3.1.2); nothing where they are in its own. */
    langOf(this: unknown, language: unknown, options: Options) {
      if (typeof language !== 'string') return '';
      const [base, own] = [language, languageOf(options)].map((tag) => tag.split('-')[0]);
      if (base === own) return '';
      return new Handlebars.SafeString(` lang="${Handlebars.escapeExpression(language)}"`);
    },
    eq: (a: unknown, b: unknown) => a === b,
    or: (a: unknown, b: unknown) => a || b,
    and: (a: unknown, b: unknown) => a && b,
    not: (a: unknown) => !a,
    concat: (...parts: unknown[]) => parts.slice(0, -1).map(String).join(''),
    /** An address of ours with the course kept: `{{link '/frameworks/x'}}`. Further pairs of the hash become its query. */
    link(this: unknown, path: string, options: Options) {
      return withQuery(path, courseQueryOf(options), options.hash as Record<string, unknown>);
    },
  };
}

function withQuery(path: string, courseQuery: string, more: Record<string, unknown>): string {
  // Most of a page's hundred links: nothing to merge, and the course's query is written as URLSearchParams would.
  if (!/[?#]/.test(path) && Object.keys(more).length === 0)
    return courseQuery === '' ? path : `${path}?${courseQuery}`;
  const [rest = '', fragment] = path.split('#');
  const [base = '', query = ''] = rest.split('?');
  const search = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(courseQuery)) search.set(name, value);
  for (const [name, value] of Object.entries(more))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return `${base}${text === '' ? '' : `?${text}`}${fragment === undefined ? '' : `#${fragment}`}`;
}

function languageOf(options: Options): string {
  const language: unknown = options.data?.root?.language;
  return typeof language === 'string' ? language : 'en';
}

function courseQueryOf(options: Options): string {
  const query: unknown = options.data?.root?.shell?.courseQuery;
  return typeof query === 'string' ? query : '';
}

function timeElement(
  value: Date | string | null,
  language: string,
  style: Intl.DateTimeFormatOptions,
): Handlebars.SafeString {
  if (value === null || value === undefined) return new Handlebars.SafeString('');
  const time = value instanceof Date ? value : new Date(value);
  const iso = time.toISOString();
  const words = new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }).format(time);
  return new Handlebars.SafeString(
    `<time datetime="${iso}" title="${iso}">${Handlebars.escapeExpression(words)}</time>`,
  );
}
