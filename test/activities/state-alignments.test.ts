import { expect } from 'chai';
import fc from 'fast-check';
import mongoose from 'mongoose';
import type { AlignedItem } from '../../src/activities/alignment.model.js';
import { listChanges, stateAlignments } from '../../src/activities/state-alignments.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import type { Statement } from '../../src/xapi/statement.js';
import { EXTENSIONS } from '../../src/xapi/vocabulary.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { align, createActivity, listStatedAs, minute } from '../attainment/attainment-world.js';

describe('stateAlignments', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  beforeEach(async () => {
    world = await started.open();
  });
  after(() => started.close());

  const quiz = () => createActivity({ deployment: world.deployment });
  const state = () => stateAlignments({ source: world.source, now: () => new Date() });
  const told = async () =>
    (await listStatedAs('aligned', 'unaligned')).map(({ statement }) => statement);

  it('tells what a revision added and what it took away, each once, in the name of who did it', async () => {
    const activity = await quiz();
    const [first = '', second = ''] = world.items;
    await align(activity, [first], { at: minute(1) });
    await align(activity, [second], { at: minute(2) });

    await state();
    await state();

    const statements = await told();
    expect(statements.map(summarise)).to.have.deep.members([
      ['aligned', [uriOf(first)]],
      ['aligned', [uriOf(second)]],
      ['unaligned', [uriOf(first)]],
    ]);
    const later = statements.find((one) => one.timestamp === minute(2).toISOString());
    expect(later?.context?.extensions?.[EXTENSIONS.alignment]).to.deep.equal({
      before: [{ iri: uriOf(first), stage: 'introduced' }],
      now: [{ iri: uriOf(second), stage: 'introduced' }],
    });
    expect(new Set(statements.map(({ context }) => context?.registration)).size).to.equal(1);
  });

  it('tells of a change that came after it told, and of no other again', async () => {
    const activity = await quiz();
    const [first = ''] = world.items;
    await align(activity, [first], { at: minute(1) });
    await state();

    await align(activity, [first], { at: minute(2), stage: 'mastered' });
    await state();

    expect((await told()).map(summarise)).to.deep.equal([
      ['aligned', [uriOf(first)]],
      ['aligned', [uriOf(first)]],
    ]);
  });

  it('is no evidence of anybody', async () => {
    await align(await quiz(), world.items, { at: minute(1) });

    await state();
    await world.project();

    expect(await listEvidence({ deployment: world.deployment })).to.deep.equal([]);
  });

  it('says nothing of a test platform, and nothing of who was erased', async () => {
    await align(await quiz(), world.items.slice(0, 1), { at: minute(1) });
    const alignments = mongoose.connection.collection('alignments');
    await alignments.updateMany({}, { $set: { 'history.$[].by': 'erased' } });
    await state();
    await mongoose.connection.collection('platforms').updateMany({}, { $set: { kind: 'test' } });
    await align(await quiz(), world.items.slice(1, 2), { at: minute(2) });

    await state();

    expect(await told()).to.deep.equal([]);
    expect(await alignments.countDocuments({ told: false })).to.equal(0);
  });

  function uriOf(item: string): string {
    return world.tree.items.get(item)?.uri ?? '';
  }
});

describe('listChanges', () => {
  const items = fc.uniqueArray(
    fc.record({
      framework: fc.constantFrom('f', 'g'),
      item: fc.constantFrom('1', '2', '3'),
      stage: fc.constantFrom('introduced' as const, 'mastered' as const),
    }),
    { selector: ({ framework, item }) => `${framework}/${item}` },
  );

  it('leads from each revision to the next, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(items, { minLength: 1, maxLength: 5 }), (revisions) => {
        const history = revisions.map((one, index) => ({
          revision: index + 1,
          at: new Date(index),
          by: 'u9',
          items: one,
        }));
        const changes = listChanges({ history, toldRevision: 0 });
        const replayed = changes.reduce((held, { verb, framework, items: named, now }) => {
          for (const item of named) held.delete(`${framework}/${item}`);
          if (verb === 'aligned')
            for (const one of now.filter(({ item }) => named.includes(item)))
              held.set(`${framework}/${one.item}`, one);
          return held;
        }, new Map<string, AlignedItem>());

        expect([...replayed.values()]).to.have.deep.members(revisions.at(-1) ?? []);
      }),
    );
  });

  it('says nothing of revisions that were told', () => {
    const one = { framework: 'f', item: '1', stage: 'introduced' as const };
    const history = [{ revision: 1, at: new Date(0), by: 'u9', items: [one] }];

    expect(listChanges({ history, toldRevision: 1 })).to.deep.equal([]);
  });
});

function summarise({ verb, context }: Statement): [string | undefined, string[]] {
  const others = [context?.contextActivities?.other ?? []].flat().map(({ id }) => id);
  return [verb.display?.['en'], others];
}
