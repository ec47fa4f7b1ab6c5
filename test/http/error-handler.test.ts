import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { z } from 'zod';
import { loadAssets } from '../../src/http/assets.js';
import { errorHandler, notFound } from '../../src/http/error-handler.js';
import { AppError } from '../../src/http/errors.js';
import { parseInput } from '../../src/http/parse-input.js';
import { requestLog } from '../../src/http/request-log.js';
import { defaultPolicy, refuseMalformedAddress, securityHeaders } from '../../src/http/security.js';
import { configureViews } from '../../src/http/views.js';
import { createLogger } from '../../src/logger.js';

describe('errorHandler', () => {
  it('shows an error of ours in its words, with the reference number that is logged', async () => {
    const answer = await request(createSmallApp()).get('/refused').set('Accept', 'text/html');

    expect(answer.status).to.equal(403);
    expect(answer.text)
      .to.contain('This page is for instructors')
      .and.to.match(/<code>[0-9a-f]{8}<\/code>/);
    expect(answer.headers['cache-control']).to.equal('no-store');
  });

  it('never shows an unknown error: no message, no stack, only a number to quote', async () => {
    const answer = await request(createSmallApp()).get('/fault').set('Accept', 'text/html');

    expect(answer.status).to.equal(500);
    expect(answer.text).to.contain('Something went wrong on our side');
    expect(answer.text).not.to.contain('secret detail').and.not.to.contain('at ');
  });

  it('answers programs with JSON of the same words', async () => {
    const answer = await request(createSmallApp())
      .get('/refused')
      .set('Accept', 'application/json');

    expect(answer.status).to.equal(403);
    expect(answer.body).to.have.nested.property('error.code', 'page.forbidden');
  });

  it('gives back what was typed when a form is refused, escaped', async () => {
    const answer = await request(createSmallApp())
      .post('/form')
      .type('form')
      .send({ title: '<b>Week 1</b>', minutes: 'many', _csrf: 'hidden' });

    expect(answer.status).to.equal(400);
    expect(answer.text).to.contain('&lt;b&gt;Week 1&lt;/b&gt;').and.to.contain('minutes');
    expect(answer.text).not.to.contain('<b>Week 1</b>').and.not.to.contain('hidden');
  });

  it('answers broken percent-encoding, a broken body and an unknown path with 4xx', async () => {
    const app = createSmallApp();

    expect((await request(app).get('/%E0%A4%A')).status).to.equal(400);
    expect((await request(app).post('/json').type('json').send('{"a":')).status).to.equal(400);
    expect(
      (
        await request(app)
          .post('/json')
          .type('json')
          .send(`"${'x'.repeat(2_000)}"`)
      ).status,
    ).to.equal(413);
    expect((await request(app).get('/nowhere')).status).to.equal(404);
  });
});

describe('every answer', () => {
  it('carries a policy without inline script that forbids framing by default', async () => {
    const answer = await request(createSmallApp()).get('/open');

    const policy = String(answer.headers['content-security-policy']);
    expect(policy)
      .to.contain("default-src 'none'")
      .and.to.contain("frame-ancestors 'none'")
      .and.to.contain("script-src 'self'");
    expect(policy).not.to.contain('unsafe-inline');
    expect(answer.headers['x-content-type-options']).to.equal('nosniff');
    expect(answer.headers).not.to.have.property('x-powered-by');
  });
});

describe('a refusal before anybody is signed in', () => {
  it('can be read in the frame of any platform, since it holds no data and no form', async () => {
    const answer = await request(createSmallApp()).get('/nowhere');

    expect(answer.headers['content-security-policy']).to.contain('frame-ancestors *');
    expect(answer.text).not.to.contain('<form');
  });
});

describe('assets', () => {
  it('are served for ever under their hash, and under nothing else', async () => {
    const assets = loadAssets();
    const app = express()
      .use(assets.routes)
      .use((_req, res) => void res.sendStatus(404));

    const found = await request(app).get(assets.path('crosswalk.css'));
    const stale = await request(app).get('/assets/000000000000/crosswalk.css');
    const climbing = await request(app).get('/assets/000000000000/..%2Fpackage.json');

    expect(found.status).to.equal(200);
    expect(found.headers['cache-control']).to.contain('immutable');
    expect(stale.status).to.equal(404);
    expect(climbing.status).to.equal(404);
  });
});

function createSmallApp(): express.Express {
  const log = createLogger({ level: 'silent' });
  const app = express();
  app.disable('x-powered-by');
  configureViews(app, { assets: loadAssets(), url: 'http://localhost:3000', production: true });
  app.use(
    requestLog({ log }),
    securityHeaders({ secureOrigin: false }),
    defaultPolicy,
    refuseMalformedAddress,
  );
  app.get('/refused', () => {
    throw new AppError('page.forbidden', {
      status: 403,
      values: { allowed: 'instructors', role: 'student' },
    });
  });
  app.get('/open', (_req, res) => void res.send('open'));
  app.get('/fault', () => {
    throw new Error('secret detail');
  });
  app.post('/form', express.urlencoded({ extended: false }), (req, res) => {
    parseInput(
      z.object({ title: z.string(), minutes: z.coerce.number({ error: 'is not a number' }) }),
      req.body,
    );
    res.sendStatus(200);
  });
  app.post(
    '/json',
    express.json({ limit: 1_000, strict: false }),
    (_req, res) => void res.sendStatus(200),
  );
  app.use(notFound, errorHandler({ log }));
  return app;
}
