// The first minute of a newcomer: start, be told where to go, find the framework, stop, start again.
import { expect } from 'chai';
import { runProduct, type Product } from '../support/run-product.js';

describe('npm start', function () {
  this.timeout(90_000);
  const running: Product[] = [];

  afterEach(async () => {
    for (const product of running.splice(0)) await product.remove();
  });

  const start = async (options: Parameters<typeof runProduct>[0] = {}): Promise<Product> => {
    const product = await runProduct(options);
    running.push(product);
    return product;
  };

  it('says where to go, answers there, and stops at Ctrl-C with exit code 0', async () => {
    const product = await start();

    const framework = await fetch(`${product.url}/frameworks/him`);
    const page = await framework.text();
    const ready = await fetch(`${product.url}/readyz`);
    const demo = await fetch(product.demoUrl);
    const code = await product.stop();

    expect(product.output()).to.contain(product.url).and.to.contain(product.demoUrl);
    expect([framework.status, ready.status, demo.status]).to.deep.equal([200, 200, 200]);
    expect(page).to.contain('Health Information Management (HIM) Competency Framework');
    expect(code).to.equal(0);
    expect(product.output()).to.contain('Stopped.');
  });

  it('finds its data again after a kill', async () => {
    const first = await start();
    await first.kill();

    const second = await start({ again: first });

    expect((await fetch(`${second.url}/frameworks/him`)).status).to.equal(200);
  });

  it('says which port is taken and how to choose another, and leaves what runs alone', async () => {
    const first = await start();

    const second = await runProduct({ again: first }).then(
      () => 'started',
      (error: unknown) => String(error),
    );

    expect(second).to.contain('is used by another program').and.to.contain('PORT');
    expect(second).not.to.contain('    at ');
    expect((await fetch(`${first.url}/readyz`)).status).to.equal(200);
  });
});
