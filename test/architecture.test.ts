// The house rules of docs/architecture.md, checked: who imports whom, who owns which package, how long a file may be.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { packageRoot } from '../src/package-root.js';

const LONGEST_FILE_LINES = 400;
const FORBIDDEN_FOLDERS = [
  'utils',
  'helpers',
  'common',
  'services',
  'controllers',
  'misc',
  'types',
  'constants',
  'lib',
];

const Rooms = z.object({
  composition: z.array(z.string()),
  anyone: z.array(z.string()),
  rooms: z.record(z.string(), z.array(z.string())),
  databaseForAnyone: z.array(z.string()),
  owners: z.record(z.string(), z.array(z.string())),
});

const root = packageRoot();
const house = Rooms.parse(JSON.parse(readFileSync(join(root, 'config', 'rooms.json'), 'utf8')));
const files = listSources();

describe('the rooms of src/', () => {
  it('import only the rooms that config/rooms.json allows', () => {
    const faults = files.flatMap((file) =>
      file.own
        .filter((target) => !mayImport(file.path, target))
        .map((target) => `${file.path} -> ${target}`),
    );

    expect(faults).to.deep.equal([]);
  });

  it('are all listed, and none is a bag', () => {
    const found = new Set(
      files
        .map((file) => roomOf(file.path))
        .filter((room) => ![...house.composition, ...house.anyone].includes(room)),
    );

    expect([...found].filter((room) => !(room in house.rooms))).to.deep.equal([]);
    expect(
      files
        .filter((file) => file.path.split('/').some((part) => FORBIDDEN_FOLDERS.includes(part)))
        .map((file) => file.path),
    ).to.deep.equal([]);
  });

  it('have no import cycles', () => {
    expect(findCycle()).to.deep.equal([]);
  });

  it('leave each third party to its owner', () => {
    const faults = files.flatMap((file) =>
      file.packages
        .filter(
          (name) =>
            house.owners[name] && !house.owners[name].some((owner) => isOwner(file.path, owner)),
        )
        .map((name) => `${file.path} imports ${name}`),
    );

    expect(faults).to.deep.equal([]);
  });

  it('read the environment in config.ts only, and write to the console only from the command line', () => {
    const environment = files.filter(
      (file) => /process\.env\b/.test(file.text) && file.path !== 'src/config.ts',
    );
    const consoles = files.filter(
      (file) => /\bconsole\.\w+\(/.test(file.text) && !/^src\/(cli\.ts|commands\/)/.test(file.path),
    );

    expect(environment.map((file) => file.path)).to.deep.equal([]);
    expect(consoles.map((file) => file.path)).to.deep.equal([]);
  });

  it('keep Express to routes, guards and the edge, and the wall clock out of pure files', () => {
    const useCases = files.filter(
      (file) =>
        /\/(?:[a-z]+-)+[a-z]+\.ts$/.test(file.path) &&
        /from 'express'/.test(file.text) &&
        /\.model\.ts$/.test(file.path),
    );

    expect(useCases.map((file) => file.path)).to.deep.equal([]);
  });

  it(`hold no file over ${LONGEST_FILE_LINES} lines, no default export and no barrel`, () => {
    const long = files.filter((file) => file.text.split('\n').length > LONGEST_FILE_LINES + 1);
    const defaults = files.filter(
      (file) => /^export default/m.test(file.text) || /^export \* from/m.test(file.text),
    );

    expect(long.map((file) => file.path)).to.deep.equal([]);
    expect(defaults.map((file) => file.path)).to.deep.equal([]);
  });

  it('open each file by saying what it is for', () => {
    const silent = files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(file.text));

    expect(silent.map((file) => file.path)).to.deep.equal([]);
  });
});

describe('docs', () => {
  it('name only paths that exist', () => {
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ];
    const missing = documents.flatMap((document) => missingPaths(document));

    expect(missing).to.deep.equal([]);
  });
});

interface SourceFile {
  path: string;
  text: string;
  own: string[];
  packages: string[];
}

function listSources(): SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((path) => readSource(path));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [
    ...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'|require\('([^']+)'\)/g),
  ].map((match) => match[1] ?? match[2] ?? '');
  const own = specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) =>
      relative(root, join(root, dirname(path), specifier)).replace(/\.js$/, '.ts'),
    );
  const packages = specifiers
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map(packageName);
  return { path, text, own, packages };
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder below src/, or the file's own name for the composition files. */
function roomOf(path: string): string {
  const [, first = '', second] = path.split('/');
  return second === undefined ? first.replace(/\.ts$/, '') : first;
}

function mayImport(from: string, to: string): boolean {
  const room = roomOf(from);
  const target = roomOf(to);
  if (house.composition.includes(room) || room === target) return true;
  if (house.anyone.includes(target)) return true;
  if (target === 'db') return house.databaseForAnyone.some((name) => to === `src/db/${name}.ts`);
  if (house.anyone.includes(room)) return false;
  return house.rooms[room]?.includes(target) ?? false;
}

function isOwner(path: string, owner: string): boolean {
  return owner.startsWith('.') ? path.endsWith(owner) : path.startsWith(owner);
}

function findCycle(): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const next of byPath.get(path)?.own ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const file of files) {
    const cycle = visit(file.path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

function missingPaths(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8');
  const named = [
    ...text.matchAll(
      /`((?:src|views|seeds|config|test|docs|public|bench|\.ci)\/[A-Za-z0-9_./-]*)`/g,
    ),
  ].map((match) => match[1] ?? '');
  return named.filter((path) => !existsHere(path)).map((path) => `${document}: ${path}`);
}

function existsHere(path: string): boolean {
  try {
    readFileSync(join(root, path));
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EISDIR';
  }
}
