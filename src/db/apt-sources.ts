// Reads a Debian machine's package sources and writes them again for another suite, so that a newer package comes from
// the mirrors, and under the keys, that its administrator chose. Other people's repositories are left out.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface AptSource {
  uri: string;
  suite: string;
  signedBy: string | undefined;
}

/** One-line sources for `suite`. Throws in words when this is not a Debian system or no source of its own is named. */
export async function writeSourceList(options: {
  suite: string;
  architecture: string;
}): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const own = readField(release, 'VERSION_CODENAME');
  if (readField(release, 'ID') !== 'debian' || own === undefined) {
    throw new Error('only a Debian system has package sources for it');
  }
  const sources = await readSources();
  const lines = buildSourceLines({ sources, own, ...options });
  if (lines.length === 0) throw new Error(`no package source for ${own} found in /etc/apt`);
  return `${lines.join('\n')}\n`;
}

/** The machine's lines for its own suite and that suite's security updates, with the suite's name replaced. */
export function buildSourceLines(options: {
  sources: AptSource[];
  own: string;
  suite: string;
  architecture: string;
}): string[] {
  const { sources, own, suite, architecture } = options;
  const wanted = new Map([
    [own, suite],
    [`${own}-security`, `${suite}-security`],
  ]);
  const lines = sources.flatMap(({ uri, suite: found, signedBy }) => {
    const replaced = wanted.get(found);
    if (replaced === undefined) return [];
    const key = signedBy === undefined ? '' : ` signed-by=${signedBy}`;
    return [`deb [arch=${architecture}${key}] ${uri} ${replaced} main`];
  });
  return [...new Set(lines)];
}

/** Sources in the one-line style of `sources.list`. */
export function readOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line);
    const [, settings = '', uri, suite, components = ''] = match ?? [];
    if (uri === undefined || suite === undefined || !components.split(/\s+/).includes('main'))
      return [];
    return [{ uri, suite, signedBy: /(?:^|\s)signed-by=(\S+)/i.exec(settings)?.[1] }];
  });
}

/** Sources in the paragraph style of `*.sources`. */
export function readParagraphSources(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const words = (name: string) => readParagraphField(paragraph, name)?.split(/\s+/) ?? [];
    const isOff = /^no$/i.test(readParagraphField(paragraph, 'Enabled') ?? 'yes');
    if (isOff || !words('Types').includes('deb') || !words('Components').includes('main'))
      return [];
    const signedBy = words('Signed-By').find((word) => word.startsWith('/'));
    return words('URIs').flatMap((uri) =>
      words('Suites').map((suite) => ({ uri, suite, signedBy })),
    );
  });
}

async function readSources(): Promise<AptSource[]> {
  const parts = '/etc/apt/sources.list.d';
  const names = await readdir(parts).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(parts, name))];
  const found: AptSource[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (file.endsWith('.list')) found.push(...readOneLineSources(text));
    if (file.endsWith('.sources')) found.push(...readParagraphSources(text));
  }
  return found;
}

function readParagraphField(paragraph: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t]+.*)*)`, 'im').exec(paragraph)?.[1]?.trim();
}

function readField(text: string, name: string): string | undefined {
  return new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
}
