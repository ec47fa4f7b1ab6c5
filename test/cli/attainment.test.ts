import { expect } from 'chai';
import { markDatabase, runCli } from '../support/run-cli.js';

describe('crosswalk attainment rebuild', function () {
  this.timeout(60_000);

  it('concludes everything anew and says how long it took', async () => {
    await markDatabase();

    const outcome = await runCli(['attainment', 'rebuild', '--json']);

    expect(outcome.err).to.equal('');
    expect(outcome.code).to.equal(0);
    expect(outcome.json()).to.have.property('seconds').that.is.a('number');
  });
});
