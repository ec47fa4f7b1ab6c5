// Without MONGODB_URI the program brings its own database: data survive a restart, and a second start breaks nothing.
import { expect } from 'chai';
import { runProduct, type Product } from '../support/run-product.js';

const OWN_ENGINE = { MONGODB_URI: '' };

describe('npm start without a database server', function () {
  this.timeout(90_000);
  const running: Product[] = [];

  afterEach(async () => {
    for (const product of running.splice(0)) await product.remove();
  });

  it('runs its own engine, keeps the data, and refuses a second start on the same folder in words', async () => {
    const first = await runProduct({ settings: OWN_ENGINE });
    running.push(first);
    const before = await fetch(`${first.url}/frameworks/him`).then((answer) => answer.text());

    const second = await runProduct({
      again: first,
      settings: { ...OWN_ENGINE, PORT: '0', CROSSWALK_DEMO: 'off' },
    }).then(
      () => 'started',
      (error: unknown) => String(error),
    );
    const stillThere = await fetch(`${first.url}/readyz`);
    const code = await first.stop();
    const third = await runProduct({ again: first, settings: OWN_ENGINE });
    running.push(third);
    const after = await fetch(`${third.url}/frameworks/him`).then((answer) => answer.text());

    expect(first.output()).to.contain('embedded engine, data in');
    expect(second)
      .to.contain('Another Crosswalk uses')
      .and.to.contain('CROSSWALK_DATA')
      .and.not.to.contain('    at ');
    expect(stillThere.status).to.equal(200);
    expect(code).to.equal(0);
    expect(after).to.equal(before);
  });
});
