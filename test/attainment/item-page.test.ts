// What a competency's page asks the database for; what it says: attainment.routes.test.ts.
import { expect } from 'chai';
import mongoose from 'mongoose';
import { startAttainmentTool, type AttainmentTool } from './attainment-tool.js';
import { FRAMEWORK } from './attainment-world.js';

describe('the page of a competency', () => {
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());
  afterEach(() => mongoose.set('debug', false));

  it('reads of the learner’s attainments those in this competency, once', async () => {
    const world = await started.open();
    const { agent, course } = await world.launch();
    const [item = '', other = ''] = world.items;
    const path = (one: string) => `/frameworks/${FRAMEWORK}/items/${one}?course=${course}`;
    for (const one of [item, other])
      await agent.postForm(path(one), {}, { action: '/completions' });
    await world.project();
    const found: unknown[] = [];
    mongoose.set('debug', (collection: string, method: string, filter: unknown) => {
      if (collection === 'attainments') found.push({ method, filter });
    });

    const { text } = await agent.get(path(item));

    expect(found).to.have.length(1);
    expect(JSON.stringify(found)).to.contain(item).and.not.contain(other);
    expect(text.match(/completed by self-report/g)).to.have.length(2); // both scopes
    expect(text).to.contain('Resource 3');
  });
});
