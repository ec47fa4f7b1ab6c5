// Attachments and signed statements over HTTP (Communication 1.5.2, Data 2.4.11 and 2.6).
import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import mongoose from 'mongoose';
import type { Attachment, Statement } from '../../src/xapi/statement.js';
import { SIGNATURE_USAGE_TYPE } from '../../src/xapi/vocabulary.js';
import { buildStatement } from '../xapi/sample-statements.js';
import { numbered, openLrs, type LrsClient } from './lrs-app.js';

const BOUNDARY = 'some boundary';
const sha2Of = (content: Buffer) => createHash('sha256').update(content).digest('hex');

interface Sent {
  headers?: Record<string, string>;
  content: Buffer;
}

function attach(content: Buffer, more: Partial<Attachment> = {}): Attachment {
  return {
    usageType: 'https://school.example/usage/work',
    display: { en: 'Work' },
    contentType: 'application/pdf',
    length: content.length,
    sha2: sha2Of(content),
    ...more,
  };
}

const partOf = (content: Buffer, headers: Record<string, string> = {}): Sent => ({
  content,
  headers: {
    'Content-Type': 'application/pdf',
    'Content-Transfer-Encoding': 'binary',
    'X-Experience-API-Hash': sha2Of(content),
    ...headers,
  },
});

const statementsPart = (statements: unknown): Sent => ({
  headers: { 'Content-Type': 'application/json' },
  content: Buffer.from(JSON.stringify(statements)),
});

function mix(parts: Sent[]): Buffer {
  const written = parts.map(({ headers = {}, content }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`\r\n--${BOUNDARY}\r\n${lines.join('')}\r\n`), content]);
  });
  return Buffer.concat([...written, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

const postMixed = (lrs: LrsClient, body: Buffer, boundary = BOUNDARY) =>
  lrs
    .call('post', '/statements')
    .set('Content-Type', `multipart/mixed; boundary="${boundary}"`)
    .serialize((bytes: unknown) => bytes as string)
    .send(body as unknown as string);

const getMixed = (lrs: LrsClient, query: Record<string, string>) =>
  lrs
    .get({ ...query, attachments: 'true' })
    .buffer(true)
    .parse((res, done) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('end', () => done(null, Buffer.concat(pieces)));
    })
    .expect(200);

describe('attachments', () => {
  let lrs: LrsClient;
  beforeEach(async () => {
    lrs = await openLrs();
  });

  it('[Comm 1.5.2] come back with their statement byte for byte, each content once', async () => {
    const work = Buffer.from([0, 13, 10, 45, 45, 255, 13, 10]);
    const statements = [1, 2].map((number) =>
      buildStatement({ id: numbered(number), attachments: [attach(work)] }),
    );
    await postMixed(lrs, mix([statementsPart(statements), partOf(work)])).expect(200);

    const { body, headers } = await getMixed(lrs, {});

    const answer = body as Buffer;
    expect(headers['content-type']).to.match(/^multipart\/mixed; boundary=/);
    const marker = Buffer.from(`X-Experience-API-Hash: ${sha2Of(work)}\r\n\r\n`);
    const begin = answer.indexOf(marker) + marker.length;
    expect(answer.subarray(begin, begin + work.length)).to.deep.equal(work);
    expect(answer.indexOf(marker, begin)).to.equal(-1);
  });

  it('are left out, and the answer is plain JSON, for who does not ask for them', async () => {
    const work = Buffer.from('words');
    const statement = buildStatement({ attachments: [attach(work)] });
    await postMixed(lrs, mix([statementsPart(statement), partOf(work)])).expect(200);

    const { headers } = await lrs.get({}).expect(200);

    expect(headers['content-type']).to.equal('application/json');
  });

  it('of many megabytes come back whole', async () => {
    const work = Buffer.alloc(3 * 1024 * 1024, 'Crosswalk');
    const statement = buildStatement({ attachments: [attach(work)] });
    await postMixed(lrs, mix([statementsPart(statement), partOf(work)])).expect(200);

    const { body } = await getMixed(lrs, { statementId: statement.id ?? '' });

    expect((body as Buffer).includes(work)).to.equal(true);
  });

  it('may resemble the boundary', async () => {
    const work = Buffer.from(`--${BOUNDARY}\r\n\n--${BOUNDARY}--\r-\r\n--${BOUNDARY.slice(0, -1)}`);
    const statement = buildStatement({ attachments: [attach(work)] });
    await postMixed(lrs, mix([statementsPart(statement), partOf(work)])).expect(200);

    const { body } = await getMixed(lrs, {});

    expect((body as Buffer).includes(work)).to.equal(true);
  });

  it('with an address of their content elsewhere need none here', async () => {
    const attachment = attach(Buffer.from('x'), { fileUrl: 'https://files.example/x.pdf' });

    await lrs.post(buildStatement({ attachments: [attachment] })).expect(200);
    await postMixed(lrs, mix([statementsPart(buildStatement({ id: numbered(9) }))])).expect(200);
  });

  const work = Buffer.from('the work');
  const other = Buffer.from('other work');
  const declaring = buildStatement({ attachments: [attach(work)] });
  const good = mix([statementsPart(declaring), partOf(work)]);
  for (const { title, body, boundary } of [
    { title: 'a content that is not there', body: mix([statementsPart(declaring)]) },
    {
      title: 'a content that nobody declared',
      body: mix([statementsPart(declaring), partOf(work), partOf(other)]),
    },
    {
      title: 'a content with another hash than it says',
      body: mix([
        statementsPart(declaring),
        partOf(other, { 'X-Experience-API-Hash': sha2Of(work) }),
      ]),
    },
    {
      title: 'a part without a hash',
      body: mix([statementsPart(declaring), { content: work }]),
    },
    {
      title: 'a part that is not binary',
      body: mix([
        statementsPart(declaring),
        partOf(work, { 'Content-Transfer-Encoding': 'base64' }),
      ]),
    },
    {
      title: 'the same content twice',
      body: mix([statementsPart(declaring), partOf(work), partOf(work)]),
    },
    { title: 'statements that are not the first part', body: mix([partOf(work)]) },
    { title: 'no part', body: Buffer.from(`--${BOUNDARY}--\r\n`) },
    { title: 'another boundary than the header says', body: good, boundary: 'another' },
    { title: 'a body that ends early', body: good.subarray(0, good.length - 12) },
    { title: 'an empty body', body: Buffer.alloc(0) },
    {
      title: 'headers without end',
      body: Buffer.from(`--${BOUNDARY}\r\nX: ${'y'.repeat(40_000)}`),
    },
    {
      title: 'a header without a name',
      body: mix([{ headers: { ': x': 'y' }, content: work }]),
    },
  ])
    it(`refuses ${title} with 400, and keeps nothing of the request`, async () => {
      await postMixed(lrs, body, boundary).expect(400);

      expect(await lrs.find({})).to.deep.equal([]);
      for (const name of ['lrsAttachments', 'lrsAttachmentPieces'])
        expect(await mongoose.connection.collection(name).countDocuments(), name).to.equal(0);
    });

  it('refuses a boundary that none could be, and another multipart type', async () => {
    await postMixed(lrs, good, 'x'.repeat(71)).expect(400);
    await lrs
      .call('post', '/statements')
      .set('Content-Type', `multipart/form-data; boundary=${BOUNDARY}`)
      .send('x')
      .expect(400);
  });

  it('refuses a content above 25 MB with 413, and keeps nothing of it', async () => {
    const huge = Buffer.alloc(25 * 1024 * 1024 + 1);
    const statement = buildStatement({ attachments: [attach(huge)] });

    await postMixed(lrs, mix([statementsPart(statement), partOf(huge)])).expect(413);

    expect(await mongoose.connection.collection('lrsAttachmentPieces').countDocuments()).to.equal(
      0,
    );
  });
});

describe('signed statements', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const sign = (payload: object, algorithm: jwt.Algorithm = 'RS256', header: object = {}) =>
    Buffer.from(
      jwt.sign(payload, privateKey, {
        algorithm,
        noTimestamp: true,
        header: { alg: algorithm, ...header },
      }),
    );
  const signatureOf = (jws: Buffer): Attachment =>
    attach(jws, { usageType: SIGNATURE_USAGE_TYPE, contentType: 'application/octet-stream' });
  const post = async (statement: Statement, jws: Buffer) => {
    const lrs = await openLrs();
    const signed = { ...statement, attachments: [signatureOf(jws)] };
    return postMixed(
      lrs,
      mix([statementsPart(signed), partOf(jws, { 'Content-Type': 'application/octet-stream' })]),
    );
  };

  for (const algorithm of ['RS256', 'RS384', 'RS512'] as const)
    it(`[Data 2.6] are taken when signed by ${algorithm}`, async () => {
      const { status } = await post(buildStatement(), sign(buildStatement(), algorithm));

      expect(status).to.equal(200);
    });

  it('may spell a duration to more than a hundredth of a second', async () => {
    const result = (duration: string) => buildStatement({ result: { duration } });

    const { status } = await post(result('PT1.234S'), sign(result('PT1.239S')));

    expect(status).to.equal(200);
  });

  for (const { title, jws } of [
    { title: 'another statement', jws: () => sign(buildStatement({ id: numbered(7) })) },
    { title: 'no statement', jws: () => sign({ words: 'x' }) },
    { title: 'nothing, being no JWS', jws: () => Buffer.from('a.b') },
    {
      title: 'by a shared secret',
      jws: () =>
        Buffer.from(jwt.sign(buildStatement(), 'a secret of some length', { noTimestamp: true })),
    },
    {
      title: 'with certificates that are none',
      jws: () => sign(buildStatement(), 'RS256', { x5c: ['AAAA'] }),
    },
  ])
    it(`are refused when the signature signs ${title}`, async () => {
      const { status } = await post(buildStatement(), jws());

      expect(status).to.equal(400);
    });

  it('are refused when the signature itself is missing, even with an address for it', async () => {
    const lrs = await openLrs();
    const attachment = { ...signatureOf(Buffer.from('x')), fileUrl: 'https://files.example/jws' };

    await lrs.post(buildStatement({ attachments: [attachment] })).expect(400);
  });
});
