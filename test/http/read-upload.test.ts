import { once } from 'node:events';
import { request as send, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect } from 'chai';
import { AppError, isAppError } from '../../src/http/errors.js';
import { harmlessFileName } from '../../src/http/file-name.js';
import { openUpload, readFile, readFiles, uploadedFiles } from '../../src/http/read-upload.js';

const LIMITS = { fileBytes: 1024 * 1024, files: 2, fields: 5, fieldBytes: 1024 };

describe('openUpload', () => {
  let server: Server;
  let url: string;
  /** What the guard saw, before a file was read. */
  let judged: unknown[];

  before(async () => {
    server = createServer(createSmallApp()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (judged = []));

  it('gives the fields to the guards before a file is read, and the files to the route', async () => {
    const form = new FormData();
    form.set('_csrf', 'token');
    form.append('choice', 'a');
    form.append('choice', 'b');
    form.set('table', new Blob(['a,b\n1,2\n'], { type: 'text/csv' }), 'Notas año.csv');
    form.set('note', 'after the file');

    const answer = await post('/whole', form);

    expect(judged).to.deep.equal([{ _csrf: 'token', choice: ['a', 'b'] }]);
    expect(answer).to.deep.equal({
      status: 200,
      body: {
        fields: { _csrf: 'token', choice: ['a', 'b'], note: 'after the file' },
        files: [
          { field: 'table', name: 'Notas año.csv', mediaType: 'text/csv', text: 'a,b\n1,2\n' },
        ],
      },
    });
  });

  it('lets nothing after the file replace what the guards have judged', async () => {
    const form = new FormData();
    form.set('course', 'mine');
    form.set('table', new Blob(['x']), 'x.csv');
    form.append('course', 'yours');
    form.append('__proto__', 'x');

    const { body } = await post('/whole', form);

    expect(body).to.have.nested.property('fields.course', 'mine');
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
  });

  it('passes a form without files on as it is, and says when none was chosen', async () => {
    const empty = new FormData();
    empty.set('_csrf', 'token');
    empty.set('table', new Blob([]), '');
    const plain = await fetch(`${url}/one`, {
      method: 'POST',
      body: new URLSearchParams({ _csrf: 'token' }),
    });

    expect(await post('/one', empty)).to.deep.equal({ status: 400, body: 'upload.none-chosen' });
    expect([plain.status, await plain.json()]).to.deep.equal([400, 'upload.none-chosen']);
    expect(judged).to.deep.equal([{ _csrf: 'token' }, { _csrf: 'token' }]);
  });

  it('keeps nothing of a file when a guard refuses', async () => {
    const form = new FormData();
    form.set('_csrf', 'forged');
    form.set('table', new Blob([Buffer.alloc(900_000)]), 'x.csv');

    expect(await post('/whole', form)).to.deep.equal({ status: 403, body: 'session.csrf' });
    expect(await post('/whole', form), 'on the same connection').to.have.property('status', 403);
  });

  it('gives several files one after the other, as a stream, and leaves out one that is not read', async () => {
    const form = new FormData();
    form.set('skip', new Blob([Buffer.alloc(700_000, 'a')]), 'a.bin');
    form.set('take', new Blob([Buffer.alloc(800_000, 'b')]), 'b.bin');

    expect(await post('/streamed', form)).to.deep.equal({ status: 200, body: { b: 800_000 } });
  });

  for (const [title, fill, code, status] of [
    ['a file over the limit', bigFile, 'upload.too-large', 413],
    ['too many files', manyFiles, 'upload.too-many-files', 400],
    ['too many fields', manyFields, 'upload.too-many-fields', 400],
    ['a field that is too long', longField, 'upload.field-too-long', 400],
  ] as const)
    it(`refuses ${title}, each time`, async () => {
      const form = new FormData();
      fill(form);

      expect(await post('/whole', form)).to.deep.equal({ status, body: code });
      expect(await post('/streamed', form)).to.deep.equal({ status, body: code });
    });

  it('refuses a gigabyte by what the sender says, before it is sent', async () => {
    const { status, sent } = await sendEndlessly({
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': String(1024 ** 3),
    });

    expect(status).to.equal(413);
    expect(sent).to.be.lessThan(256 * 1024 * 1024);
    expect(judged).to.deep.equal([]);
  });

  it('refuses an endless file when the limit is passed, and closes the connection', async () => {
    const { status, sent } = await sendEndlessly({
      'Content-Type': 'multipart/form-data; boundary=x',
      'Transfer-Encoding': 'chunked',
    });

    expect(status).to.equal(413);
    expect(sent).to.be.lessThan(256 * 1024 * 1024);
  });

  for (const [title, type, body] of [
    ['without a boundary', 'multipart/form-data', 'x'],
    ['that ends in its middle', 'multipart/form-data; boundary=x', part('_csrf', 'token')],
    ['that is no form at all', 'multipart/form-data; boundary=x', '\u0000\u0001 nonsense'],
    [
      'whose file ends in its middle',
      'multipart/form-data; boundary=x',
      `${part('_csrf', 'token')}--x\r\nContent-Disposition: form-data; name="table"; filename="a"\r\n\r\nhalf`,
    ],
  ] as const)
    it(`refuses a form ${title}`, async () => {
      const answer = await fetch(`${url}/whole`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
      });

      expect([answer.status, await answer.json()]).to.deep.equal([400, 'upload.broken']);
    });

  it('survives a sender who goes away in the middle of a file', async () => {
    const request = send(`${url}/whole`, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
    });
    request.on('error', () => undefined);
    request.write(
      `${part('_csrf', 'token')}--x\r\nContent-Disposition: form-data; name="table"; filename="a"\r\n\r\n`,
    );
    request.write('half');
    await until(() => judged.length > 0);
    request.destroy();

    const form = new FormData();
    form.set('table', new Blob(['x']), 'x.csv');
    expect(await post('/whole', form)).to.have.property('status', 200);
  });

  function createSmallApp(): express.Express {
    const app = express();
    const guard: express.RequestHandler = (req, _res, next) => {
      judged.push({ ...req.body });
      if (req.body?._csrf === 'forged') throw new AppError('session.csrf', { status: 403 });
      next();
    };
    const open = [express.urlencoded({ extended: false }), openUpload(LIMITS), guard];
    app.post('/whole', ...open, async (req, res) => {
      const files = await readFiles(req);
      const shown = files.map(({ bytes, ...about }) => ({ ...about, text: String(bytes) }));
      res.json({ fields: req.body, files: shown });
    });
    app.post('/one', ...open, async (req, res) => {
      res.json((await readFile(req, 'table')).name);
    });
    app.post('/streamed', ...open, async (req, res) => {
      const counted: Record<string, number> = {};
      for await (const file of uploadedFiles(req)) {
        if (file.field === 'skip') continue;
        for await (const piece of file.content) {
          const letter = String.fromCharCode(piece[0] ?? 0);
          counted[letter] = (counted[letter] ?? 0) + piece.length;
        }
      }
      res.json(counted);
    });
    app.use(((error, _req, res, _next) => {
      res.status(isAppError(error) ? error.status : 500);
      res.json(isAppError(error) ? error.code : String(error));
    }) as express.ErrorRequestHandler);
    return app;
  }

  async function post(path: string, body: FormData): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body });
    return { status: answer.status, body: await answer.json() };
  }

  /** Goes on sending until it is cut off; the status that came back, and how much had gone out. */
  async function sendEndlessly(
    headers: Record<string, string>,
  ): Promise<{ status: number; sent: number }> {
    const request = send(`${url}/whole`, { method: 'POST', headers });
    let status = 0;
    let sent = 0;
    let isCut = false;
    request.on('error', () => (isCut = true));
    request.on('close', () => (isCut = true));
    request.on('response', (answer) => {
      status = answer.statusCode ?? 0;
      answer.resume();
    });
    request.write('--x\r\nContent-Disposition: form-data; name="table"; filename="a"\r\n\r\n');
    const piece = Buffer.alloc(1024 * 1024);
    while (!isCut && sent < 1024 ** 3) {
      sent += piece.length;
      if (!request.write(piece))
        await Promise.race([once(request, 'drain'), once(request, 'close')]).catch(() => undefined);
    }
    request.destroy();
    return { status, sent };
  }
});

describe('harmlessFileName', () => {
  for (const [given, clean] of [
    ['notes.csv', 'notes.csv'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\Zoë\\grades.xlsx', 'grades.xlsx'],
    ['..', null],
    ['', null],
    ['.htaccess', 'htaccess'],
    ['a\u0000b\r\n.csv', 'ab.csv'],
    ['annexe\u202Efdp.exe', 'annexefdp.exe'],
    ['<script>"x"|?*:.csv', '_script__x_____.csv'],
    ['学生 名簿.csv', '学生 名簿.csv'],
    ['e\u0301.csv', 'é.csv'],
  ] as const)
    it(`makes ${JSON.stringify(given)} ${JSON.stringify(clean)}`, () => {
      expect(harmlessFileName(given)).to.equal(clean);
    });

  it('keeps the ending of a name that is too long, and never more than 120 characters', () => {
    const name = harmlessFileName(`${'ä'.repeat(500)}.csv`);

    expect([...(name ?? '')]).to.have.length(120);
    expect(name).to.match(/^ä+\.csv$/);
    expect([...(harmlessFileName('x'.repeat(500)) ?? '')]).to.have.length(120);
  });
});

function part(name: string, value: string): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function bigFile(form: FormData): void {
  form.set('table', new Blob([Buffer.alloc(LIMITS.fileBytes + 1)]), 'x.csv');
}

function manyFiles(form: FormData): void {
  for (const name of ['a', 'b', 'c']) form.append('table', new Blob([name]), `${name}.csv`);
}

function manyFields(form: FormData): void {
  for (let at = 0; at <= LIMITS.fields; at += 1) form.append('field', String(at));
}

function longField(form: FormData): void {
  form.set('note', 'x'.repeat(LIMITS.fieldBytes + 1));
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
