import { Writable } from 'node:stream';
import { expect } from 'chai';
import express from 'express';
import { pino, type Logger } from 'pino';
import request from 'supertest';
import { requestId, requestLog } from '../../src/http/request-log.js';

describe('requestLog', () => {
  function listen(level: string): { log: Logger; lines: () => Record<string, unknown>[] } {
    const written: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString('utf8'));
        done();
      },
    });
    return {
      log: pino({ level }, stream),
      lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    };
  }
  const app = (log: Logger) =>
    express()
      .use(requestLog({ log }))
      .get('/page', (req, res) => void res.send(requestId(req)))
      .get('/fault', (_req, res) => void res.sendStatus(500));

  it('says method, path and status under the reference that people are shown, and nothing that may name them', async () => {
    const { log, lines } = listen('debug');

    const answer = await request(app(log))
      .get('/page?id_token=secret')
      .set('Cookie', 'session=secret');

    const [line] = lines();
    expect(answer.text).to.match(/^[0-9a-f]{8}$/);
    expect(line).to.deep.include({
      req: { id: answer.text, method: 'GET', path: '/page' },
      res: { status: 200 },
      msg: 'request completed',
    });
    expect(JSON.stringify(lines())).not.to.contain('secret');
  });

  it('says nothing of good requests in production, and one line of a fault', async () => {
    const { log, lines } = listen('info');

    await request(app(log)).get('/page');
    await request(app(log)).get('/fault');

    expect(lines()).to.have.length(1);
    expect(lines()[0]).to.deep.include({ level: 50, res: { status: 500 } });
  });
});
