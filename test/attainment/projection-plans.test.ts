// What the projection and a learner's page read is carried by an index, and reads no more than it returns, among enough
// records of others for the engine to choose wrongly.
import { expect } from 'chai';
import mongoose from 'mongoose';
import { compareAttainment } from '../../src/attainment/attainment-change.js';
import { listItemsOf, listStandings } from '../../src/attainment/attainment.model.js';
import { computeAttainment } from '../../src/attainment/compute-attainment.js';
import {
  listEvidence,
  listPeopleWithEvidence,
  recordEvidence,
} from '../../src/attainment/evidence.model.js';
import { explainMarks, writeAttainments } from '../../src/attainment/projected-attainment.model.js';
import { explainEvidenceReads } from '../../src/attainment/projected-evidence.model.js';
import { buildEvidence, buildInput, day } from './attainment-factories.js';

const PEOPLE = 40;
const PIECES = 60;
const ITEMS = 30;
const users = Array.from({ length: PEOPLE }, (_, index) => `u${String(index)}`);
const place = { deployment: 'd1', users: ['u1', 'u2', 'u3'] };
const course = { kind: 'course' as const, id: 'c1' };
const framework = { kind: 'framework' as const, id: 'f1' };

describe('the reads of the projection', () => {
  beforeEach(fill);
  afterEach(() => mongoose.set('debug', false));

  it('find the marks of some people in some items by an index, and nothing else', async () => {
    const request = { ...place, framework: 'f1', items: ['i1', 'i2'] };

    const inCourse = summarise(await explainMarks({ ...request, scope: course }));
    const everywhere = summarise(await explainMarks(request));

    expect(inCourse).to.deep.include({ returned: 6, docs: 6 });
    expect(everywhere).to.deep.include({ returned: 12, docs: 12 });
  });

  it('find evidence by person and object, and the courses of people in the index alone', async () => {
    const [all, courses] = await explainEvidenceReads({ ...place, objectIds: ['o1', 'o2'] });

    expect(summarise(all)).to.deep.include({ returned: 6, docs: 6 });
    expect(summarise(courses).docs).to.equal(0);
  });

  it('find whose and which records there are in the index alone', async () => {
    const plans = await explainAll(async () => {
      await listItemsOf(place);
      await listPeopleWithEvidence({ deployment: 'd1', course: 'c1', after: 'u2', limit: 5 });
    });

    expect(plans).to.have.length(2);
    for (const { docs } of plans) expect(docs).to.equal(0);
  });

  it('read of a learner what a page shows, however much there is', async () => {
    const [standings, newest] = await explainAll(async () => {
      await listStandings({ deployment: 'd1', scope: framework, user: 'u1' });
      await listEvidence({ deployment: 'd1', users: ['u1'], limit: 10 });
    });

    expect(standings).to.deep.include({ returned: ITEMS, docs: ITEMS, keys: ITEMS });
    expect(newest).to.deep.include({ returned: 10, docs: 10, keys: 10 });
  });
});

/** What mongoose asks of the engine while `work` is done, asked again for the plan. */
async function explainAll(work: () => Promise<void>): Promise<ReturnType<typeof summarise>[]> {
  const asked: { collection: string; method: string; given: unknown[] }[] = [];
  mongoose.set('debug', (collection: string, method: string, ...given: unknown[]) =>
    asked.push({ collection, method, given }),
  );
  await work();
  mongoose.set('debug', false);
  const plans = asked.map(async ({ collection, method, given: [first, second] }) => {
    const records = mongoose.connection.db?.collection(collection);
    // What mongoose shows is what it gave to the driver.
    return method === 'find'
      ? records?.find(first as object, second as object).explain('executionStats')
      : records?.aggregate(first as object[]).explain('executionStats');
  });
  return (await Promise.all(plans)).map(summarise);
}

function summarise(plan: unknown): { returned: number; docs: number; keys: number } {
  const text = JSON.stringify(plan).replace(/^.*?"executionStats"/, '');
  expect(text).to.not.match(/"stage":"(?:COLLSCAN|SORT)"/);
  const read = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1]);
  return {
    returned: read('nReturned'),
    docs: read('totalDocsExamined'),
    keys: read('totalKeysExamined'),
  };
}

async function fill(): Promise<void> {
  const evidence = users.flatMap((user) =>
    Array.from({ length: PIECES }, (_, index) =>
      buildEvidence({ user, objectId: `o${String(index)}`, at: day(index) }),
    ),
  );
  await recordEvidence({ evidence });
  for (const user of users)
    for (const scope of [course, framework])
      await writeAttainments({
        deployment: 'd1',
        changes: Array.from({ length: ITEMS }, (_, index) => {
          const { rule, ...result } = computeAttainment(buildInput());
          const { source: ruleSource, revision: ruleRevision } = rule;
          const one = { user, deployment: 'd1', scope, framework: 'f1', attempted: true };
          const item = `i${String(index)}`;
          return { ...result, ...one, item, ruleSource, ruleRevision };
        }).flatMap((one) => compareAttainment(one, null) ?? []),
      });
}
