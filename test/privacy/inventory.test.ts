// Every collection says what it holds of people, and docs/privacy.md describes what it holds field by field: neither can be
// forgotten when a collection or a field is added.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import '../../src/app.js';
import '../../src/jobs.js';
import '../../src/lti/line-item-claim.model.js';
import '../../src/lti/service-token.model.js';
import '../../src/db/lease.js';
import '../../src/db/schema-version.js';
import '../../src/db/sequence-log.js';
import { listModels } from '../../src/db/models.js';
import { packageRoot } from '../../src/package-root.js';

interface InventoryRow {
  collection: string;
  fields: string[];
}

const OURS_ALONE = ['_id', 'schemaVersion'];

describe('what is held of people', () => {
  // With the tool's routes and jobs, every stored shape that it uses is known.
  const models = listModels().filter(({ collection }) => !collection.startsWith('test'));

  it('is told by every collection', () => {
    expect(
      models.filter(({ people }) => people === null).map(({ collection }) => collection),
    ).to.deep.equal([]);
  });

  it('is told by fields that there are, each with a deployment to find it in', () => {
    const faults = models.flatMap(({ name, collection, people }) => {
      if (people === null || people === 'nothing') return [];
      const { schema } = mongoose.model(name);
      const paths = [
        ...(people.about ?? []),
        ...(people.among ?? []),
        ...(people.by ?? []),
        ...[people.course ?? []].flat(),
      ];
      const isSearched = paths.length > 0 || people.aboutInId !== undefined;
      return [
        ...paths.filter(
          (path) =>
            schema.path(path.split('.')[0] ?? '') === undefined && schema.path(path) === undefined,
        ),
        ...(isSearched && schema.path('deployment') === undefined ? ['deployment'] : []),
      ].map((path) => `${collection}.${path}`);
    });

    expect(faults).to.deep.equal([]);
  });

  it('has a name of a person in no collection that says it holds nothing', () => {
    const suspicious = ['user', 'users', 'by', 'sub', 'email', 'learner', 'author'];
    const faults = models
      .filter(({ people }) => people === 'nothing')
      .flatMap(({ name, collection }) =>
        Object.keys(mongoose.model(name).schema.paths)
          .filter((path) => suspicious.includes(path.split('.').at(-1) ?? ''))
          .map((path) => `${collection}.${path}`),
      );

    expect(faults).to.deep.equal([]);
  });

  it('stands in docs/privacy.md, collection by collection and field by field', () => {
    const rows = new Map(readInventory().map((row) => [row.collection, row.fields]));
    const expected = models
      .filter(({ people }) => people !== 'nothing')
      .map(({ name, collection }) => [collection, fieldsOf(name)] as const);

    expect([...rows.keys()].sort()).to.deep.equal(expected.map(([name]) => name).sort());
    for (const [collection, fields] of expected)
      expect(rows.get(collection), collection).to.have.members(fields);
  });

  it('is said of the collections without people, too', () => {
    const nothing = models.filter(({ people }) => people === 'nothing');

    expect(readListed().sort()).to.deep.equal(nothing.map(({ collection }) => collection).sort());
  });
});

/** First parts of the paths: what is inside of one is described with it. */
function fieldsOf(name: string): string[] {
  const { paths } = mongoose.model(name).schema;
  const first = Object.keys(paths).map((path) => path.split('.')[0] ?? path);
  return [...new Set(first)].filter((path) => !OURS_ALONE.includes(path));
}

function readDocument(): string {
  return readFileSync(join(packageRoot(), 'docs', 'privacy.md'), 'utf8');
}

/** Rows of the table under "Data inventory": the collection, then its fields. */
function readInventory(): InventoryRow[] {
  const section = readDocument().split('## Data inventory')[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, collection = '', fields = ''] = line.split('|');
      const named = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one);
      return { collection: named(collection)[0] ?? '', fields: named(fields) };
    });
}

function readListed(): string[] {
  const section = readDocument().split('## Collections without people')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one);
}
