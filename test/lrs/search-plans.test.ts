// Every search is carried by an index together with its order, on a collection large enough for the engine to choose wrongly
// (it did, with error 224, from ten thousand documents on).
import { expect } from 'chai';
import mongoose from 'mongoose';
import {
  explainSearch,
  listReferring,
  searchStatements,
  type StatementFilter,
} from '../../src/lrs/lrs-statement.model.js';
import { searchKey } from '../../src/lrs/statement-search.js';
import { writeMoment } from '../../src/xapi/moment.js';

const STATEMENTS = 30_000;
const filter: StatementFilter = {
  keys: [],
  afterUs: null,
  throughUs: 1_000 * STATEMENTS,
  ascending: false,
  limit: 50,
  maxBytes: 8_000_000,
};
const agent = searchKey('agent', 'agent-7');
const verb = searchKey('verb', 'verb-1');
const activity = searchKey('relatedActivity', 'activity-3');
const registration = searchKey('registration', 'registration-42');

const searches: Record<string, Partial<StatementFilter>> = {
  everything: {},
  'everything, ascending': { ascending: true },
  'everything since': { afterUs: 1_000 * (STATEMENTS - 100), ascending: true },
  'by agent': { keys: [agent] },
  'by agent, ascending': { keys: [agent], ascending: true },
  'by agent and verb': { keys: [agent, verb] },
  'by verb': { keys: [verb] },
  'by related activity': { keys: [activity] },
  'by registration, agent, activity and verb': { keys: [registration, agent, activity, verb] },
  'by agent and verb between two moments': {
    keys: [agent, verb],
    afterUs: 5_000_000,
    throughUs: 25_000_000,
  },
};

describe('searches among 30,000 statements', function () {
  this.timeout(120_000);

  it('answer rightly, by an index, without a scan, without sorting, and without reading much more than they return', async () => {
    await fill();

    for (const [title, search] of Object.entries(searches)) {
      const plan = JSON.stringify(await readPlan(search));
      expect(plan, title).to.not.match(/"stage":"(?:COLLSCAN|SORT|SORT_MERGE)"/);
      expect(plan, title).to.match(/"stage":"IXSCAN"/);
      const found = await searchStatements({ ...filter, ...search });
      expect(
        found.map(({ storedUs }) => storedUs),
        title,
      ).to.deep.equal(expected(search));
    }
    const examined = await readExamined({ keys: [agent] });
    expect(examined).to.be.below(filter.limit + 5);
  });

  it('enter the index by the agent, never by the verb that many statements have', async () => {
    await fill();

    for (let number = 0; number < 12; number += 1) {
      const keys = [searchKey('agent', `agent-${number}`), searchKey('verb', `verb-${number % 3}`)];
      expect(await readExamined({ keys, limit: STATEMENTS })).to.be.at.most(STATEMENTS / 100);
    }
  });

  it('find by reference through the index of references', async () => {
    await fill(1_000);

    const found = await listReferring({ statementIds: ['s-3', 's-999999'] });

    expect(found.map(({ statementId }) => statementId)).to.deep.equal(['s-103']);
  });
});

async function fill(statements = STATEMENTS): Promise<void> {
  const collection = mongoose.connection.collection<{ _id: string }>('statements');
  for (let from = 0; from < statements; from += 1_000) {
    const documents = Array.from({ length: 1_000 }, (_, index) => documentOf(from + index + 1));
    await collection.insertMany(documents, {
      ordered: false,
      writeConcern: { w: 1, journal: false },
    });
  }
}

function documentOf(number: number) {
  return {
    _id: `lrs:s-${number}`,
    log: 'lrs',
    position: number,
    state: number % 1_000 === 0 ? 'voided' : 'live',
    statementId: `s-${number}`,
    storedUs: number * 1_000,
    json: `{"stored":"${writeMoment(number * 1_000)}"}`,
    keys: keysOf(number),
    authorityKey: 'key',
    ...(number === 103 && { refersTo: 's-3' }),
  };
}

function keysOf(number: number): string[] {
  return [
    searchKey('agent', `agent-${number % 100}`),
    searchKey('verb', `verb-${number % 3}`),
    searchKey('activity', `activity-${number % 500}`),
    searchKey('relatedActivity', `activity-${number % 5}`),
    searchKey('registration', `registration-${number % 5_000}`),
  ];
}

function expected(search: Partial<StatementFilter>): number[] {
  const { keys, afterUs, throughUs, ascending, limit } = { ...filter, ...search };
  const found = Array.from({ length: STATEMENTS }, (_, index) => index + 1)
    .filter((number) => number % 1_000 !== 0)
    .filter((number) => keys.every((key) => keysOf(number).includes(key)))
    .map((number) => number * 1_000)
    .filter((us) => us > (afterUs ?? 0) && us <= (throughUs ?? Infinity));
  return (ascending ? found : found.reverse()).slice(0, limit);
}

interface Explained {
  queryPlanner: { winningPlan: unknown };
  executionStats: { totalDocsExamined: number };
}

async function readPlan(search: Partial<StatementFilter>): Promise<unknown> {
  const { queryPlanner } = (await explainSearch({ ...filter, ...search })) as Explained;
  return queryPlanner.winningPlan;
}

async function readExamined(search: Partial<StatementFilter>): Promise<number> {
  const { executionStats } = (await explainSearch({ ...filter, ...search })) as Explained;
  return executionStats.totalDocsExamined;
}
