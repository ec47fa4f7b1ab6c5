// Draws the page of a competency's shortlist: as it stands, or after a fault with what was typed and what was wrong.
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Config } from '../config.js';
import { acceptedEndings } from '../files/store-file.js';
import type { FrameworkTree, TreeItem } from '../frameworks/framework-tree.js';
import type { Words } from '../http/catalogue.js';
import { isAppError, type AppError } from '../http/errors.js';
import { pageShell } from '../http/page-shell.js';
import { renderPage } from '../http/views.js';
import { itemHref } from '../library/framework-view.js';
import type { CourseLaunch } from './complete-object.js';
import type { ShortlistObject } from './list-shortlist-objects.js';
import { readNames } from './read-names.js';
import { buildShortlistView, type TypedShortlist } from './shortlist-view.js';
import { findShortlist } from './shortlist.model.js';
import { wordsOf } from './signed-in.js';

export interface ShortlistPage {
  launch: CourseLaunch;
  tree: FrameworkTree;
  item: TreeItem;
  objects: ShortlistObject[];
}

interface Faults {
  status: number;
  typed: TypedShortlist;
  /** Key of what is wrong with the whole. */
  messageKey: string;
  /** Why the file was refused, in the person's words; null where it was not the file. */
  file: string | null;
}

const NO_FIELDS: TypedShortlist = { fields: {}, faults: {} };
const Typed = z.record(z.string(), z.unknown()).catch({});

/** What to say of an error of the form. Throws every error that is no fault of what was sent. */
export function readFaults(error: unknown, req: Request): Faults {
  if (!isAppError(error)) throw error;
  const { code, status, fields } = error;
  const isOfFile = /^(file|upload)\./.test(code);
  if (!isOfFile && code !== 'input.invalid' && code !== 'shortlist.changed') throw error;
  const typed = Object.entries(Typed.parse(req.body)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    status,
    typed: { fields: Object.fromEntries(typed), faults: fields },
    messageKey: `shortlist:${code === 'shortlist.changed' ? 'changedMeanwhile' : 'notSaved'}`,
    file: isOfFile ? describeFileFault(error, wordsOf(req)) : null,
  };
}

function describeFileFault({ code, values }: AppError, words: Words): string {
  return code === 'upload.none-chosen'
    ? words('shortlist:faults.file')
    : words(`errors:${code}.text`, values);
}

/** `files` are the limits that the page tells. */
export async function renderShortlist(
  req: Request,
  res: Response,
  options: { page: ShortlistPage; files: Config['files']; faults: Faults | null },
): Promise<void> {
  const { page, files, faults } = options;
  const { launch, tree, item, objects } = page;
  const { deployment, course } = launch;
  const framework = tree.framework.id;
  const record = await findShortlist({ deployment, course, framework, item: item.identifier });
  const { history } = record;
  const notes = history.at(-1)?.notes ?? [];
  const names = await readNames([...history, ...notes].map(({ by }) => by));
  const words = wordsOf(req);
  const typed = faults?.typed ?? NO_FIELDS;
  const { fields } = typed;
  renderPage(req, res, {
    view: 'activities/shortlist',
    title: words('shortlist:title'),
    status: faults?.status ?? 200,
    scripts: ['check-file.js'],
    data: {
      statement: item.fullStatement,
      itemHref: itemHref(framework, item.identifier),
      message: faults?.messageKey ?? null,
      list: buildShortlistView({
        record,
        item: item.identifier,
        objects,
        names,
        typed,
        words,
        language: pageShell(req).language,
      }),
      link: {
        title: fields['title'] ?? '',
        address: fields['address'] ?? '',
        note: fields['note'] ?? '',
      },
      file: {
        title: fields['fileTitle'] ?? '',
        note: fields['fileNote'] ?? '',
        fault: faults?.file ?? null,
        ...describeLimits(files, words),
      },
      faults: Object.fromEntries(
        Object.entries(typed.faults).map(([name, key]) => [name, words(key)]),
      ),
    },
  });
}

function describeLimits({ bytes, perStaff }: Config['files'], words: Words) {
  const mib = bytes / 1_024 ** 2;
  return {
    limits: words('work:form.limits', { mib, count: perStaff }),
    tooLarge: words('errors:file.too-large.text', { mib }),
    bytes,
    accept: acceptedEndings(),
  };
}
