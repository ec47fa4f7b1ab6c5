// The demo LMS's pages: handlebars templates of views/demo, compiled at the start, and the two
// assets beside them. Everything written into a page is escaped.
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import Handlebars from 'handlebars';

export interface DemoViews {
  render(name: string, values: object): string;
  assets: ReadonlyMap<string, string>;
}

export async function loadDemoViews(folder: string): Promise<DemoViews> {
  const handlebars = Handlebars.create();
  const names = await readdir(folder);
  const assets = new Map<string, string>();

  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    const isTemplate = extname(name) === '.hbs';
    if (isTemplate) handlebars.registerPartial(basename(name, '.hbs'), text);
    else assets.set(name, text);
  }

  const pages = names.filter((name) => extname(name) === '.hbs').map((n) => basename(n, '.hbs'));
  const templates = new Map(pages.map((page) => [page, handlebars.compile(`{{> ${page}}}`)]));

  return {
    render(name, values) {
      const template = templates.get(name);
      if (!template) throw new Error(`The demo LMS has no page called ${name}.`);
      return template(values);
    },
    assets,
  };
}
