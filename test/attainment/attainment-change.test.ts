import { expect } from 'chai';
import mongoose from 'mongoose';
import { compareAttainment } from '../../src/attainment/attainment-change.js';
import type { Attainment, AttainmentMarks } from '../../src/attainment/attainment-row.model.js';
import { listAttainments } from '../../src/attainment/attainment.model.js';
import { computeAttainment } from '../../src/attainment/compute-attainment.js';
import { listMarks, writeAttainments } from '../../src/attainment/projected-attainment.model.js';
import { buildEvidence, buildInput, buildObject, day } from './attainment-factories.js';

const scope = { kind: 'course' as const, id: 'c1' };
const piece = buildEvidence({ statementId: 's1', at: day(12) });
const request = { deployment: 'd1', users: ['u1', 'u2'], framework: 'him', items: ['i1'] };

describe('compareAttainment', () => {
  it('finds no difference in another time of computing', () => {
    expect(compareAttainment(build({ asOf: day(200) }), marksOf(build()))).to.equal(null);
  });

  const changes: Record<string, [Partial<Attainment>, keyof AttainmentMarks]> = {
    'another number that is needed': [{ required: 3 }, 'demand'],
    'another revision of the rule': [{ ruleRevision: 7 }, 'demand'],
    'another pass mark': [{ parameters: { ...build().parameters, passPercent: 60 } }, 'demand'],
    'another status': [{ status: 'progress' }, 'standing'],
    'a time of achieving': [{ achievedAt: day(3) }, 'standing'],
    'a withdrawal': [{ withdrawnAt: day(3) }, 'standing'],
    'another title of the evidence': [
      { contributing: build().contributing.map((one) => ({ ...one, title: 'Renamed' })) },
      'pieces',
    ],
    'the same piece counting for the achievement': [
      { achievedBy: build().contributing, contributing: [] },
      'pieces',
    ],
    'another reason for not counting': [
      { excluded: [{ statementId: 's', objectId: 'o', reason: 'hidden' }] },
      'pieces',
    ],
  };
  for (const [what, [change, part]] of Object.entries(changes))
    it(`names the part in which there is ${what}`, () => {
      expect(compareAttainment(build(change), marksOf(build()))?.parts).to.deep.equal([part]);
    });

  it('wants the whole record where nothing is known of it', () => {
    expect(compareAttainment(build(), null)?.parts).to.equal('all');
  });
});

describe('writeAttainments', () => {
  it('writes the part that changed for several learners, and leaves the rest and what is told', async () => {
    const people = ['u1', 'u2'].map((user) => build({ user, status: 'achieved' }));
    await write(people, new Map());
    await mongoose.connection
      .collection('attainments')
      .updateMany({}, { $unset: { untold: 1 }, $set: { title: 'kept' } });

    await write(
      people.map((one) => ({ ...one, required: 3, asOf: day(300) })),
      await listMarks(request),
    );

    const stored = await mongoose.connection.collection('attainments').find().toArray();
    expect(stored).to.have.length(2);
    for (const one of stored) {
      expect(one).to.deep.include({ required: 3, asOf: day(300), title: 'kept', n: 1 });
      expect(one).not.to.have.property('untold');
    }
  });

  it('marks as to be told what is achieved or lost since', async () => {
    await write([build({ status: 'progress', achievedAt: null })], new Map());

    await write([build({ status: 'achieved', achievedAt: day(4) })], await listMarks(request));

    const [stored] = await mongoose.connection.collection('attainments').find().toArray();
    expect(stored).to.deep.include({ untold: true, status: 'achieved' });
  });

  it('writes records of before there were marks as a whole, and shows no marks', async () => {
    await write([build({ n: 7 })], new Map());
    await mongoose.connection.collection('attainments').updateMany({}, { $unset: { marks: 1 } });

    await write([build()], await listMarks(request));

    expect(await listAttainments({ deployment: 'd1', scope })).to.deep.equal([build()]);
    expect([...(await listMarks(request)).values()]).to.deep.equal([marksOf(build())]);
  });
});

function build(change: Partial<Attainment> = {}): Attainment {
  const input = buildInput({ evidence: [piece], objects: [buildObject()] });
  const { rule, ...result } = computeAttainment(input);
  return {
    ...result,
    user: 'u1',
    deployment: 'd1',
    scope,
    framework: 'him',
    item: 'i1',
    attempted: true,
    ruleSource: rule.source,
    ruleRevision: rule.revision,
    ...change,
  };
}

function marksOf(attainment: Attainment): AttainmentMarks | null {
  return compareAttainment(attainment, null)?.marks ?? null;
}

function write(
  attainments: readonly Attainment[],
  known: ReadonlyMap<string, AttainmentMarks | null>,
): Promise<void> {
  const changes = attainments.flatMap((one) => {
    const id = `d1/${one.user}/course/c1/i1`;
    return compareAttainment(one, known.get(id) ?? null) ?? [];
  });
  return writeAttainments({ deployment: 'd1', changes });
}
