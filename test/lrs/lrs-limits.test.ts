// How much the LRS takes at once: up to the limit it does, one more is refused in words that name the limit and its setting,
// and nothing of the request is stored.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Test } from 'supertest';
import type { Statement } from '../../src/xapi/statement.js';
import { buildStatement } from '../xapi/sample-statements.js';
import { numbered, openLrs, type LrsClient } from './lrs-app.js';

const KB = 1024;

async function expectRefusal(sent: Test, limit: string, setting: string): Promise<void> {
  const { body } = await sent.expect(413);
  const { error } = body as { error: { code: string; text: string } };
  expect(error.code).to.equal('lrs.too-large');
  expect(error.text).to.contain(limit).and.contain(setting);
}

/** A statement whose JSON has so many bytes. */
function statementOf(bytes: number, number = 1): string {
  const build = (response: string) =>
    JSON.stringify(buildStatement({ id: numbered(number), result: { response } }));
  return build('x'.repeat(bytes - build('').length));
}

describe('limits of the LRS', () => {
  it('a statement', async () => {
    const lrs = await openLrs({ limits: { statement: 2 * KB } });

    await expectRefusal(
      lrs.postBytes(`[${statementOf(500, 2)},${statementOf(2 * KB + 1)}]`),
      'Statement 2 may have 2 kB',
      'CROSSWALK_LRS_STATEMENT_KB',
    );
    expect(await lrs.find({})).to.deep.equal([]);
    await lrs.postBytes(statementOf(2 * KB)).expect(200);
  });

  it('a statement of bytes, not of characters', async () => {
    const lrs = await openLrs({ limits: { statement: 2 * KB } });
    const wide = buildStatement({ result: { response: '☃'.repeat(1_000) } });

    await lrs.post(wide).expect(413);
  });

  it('a batch', async () => {
    const lrs = await openLrs({ limits: { batch: 3 } });
    const batch = (count: number) =>
      Array.from({ length: count }, (_, at) => buildStatement({ id: numbered(at) }));

    await expectRefusal(lrs.post(batch(4)), '3 statements', 'CROSSWALK_LRS_BATCH');
    expect(await lrs.find({})).to.deep.equal([]);
    await lrs.post(batch(3)).expect(200);
  });

  it('a request', async () => {
    const lrs = await openLrs({ limits: { request: 4 * KB } });
    const padded = (bytes: number) => statementOf(1_000).padEnd(bytes, ' ');

    await expectRefusal(lrs.postBytes(padded(4 * KB + 1)), '4 kB', 'CROSSWALK_LRS_REQUEST_MB');
    await lrs.postBytes(padded(4 * KB)).expect(200);
  });

  it('an attachment, and a request with its attachments', async () => {
    const small = await openLrs({ limits: { attachment: 3 * KB } });
    const whole = await openLrs({ limits: { upload: 5 * KB } });

    await expectRefusal(
      postAttachment(small, 3 * KB + 1),
      'An attachment may have 3 kB',
      'CROSSWALK_LRS_ATTACHMENT_MB',
    );
    await expectRefusal(
      postAttachment(whole, 5 * KB),
      'A request with attachments may have 5 kB',
      'CROSSWALK_LRS_UPLOAD_MB',
    );
    expect(await small.find({})).to.deep.equal([]);
    await postAttachment(small, 3 * KB).expect(200);
    await postAttachment(whole, 3 * KB).expect(200);
  });

  it('the statements of a request with attachments', async () => {
    const lrs = await openLrs({ limits: { request: KB } });

    await expectRefusal(
      postAttachment(lrs, 10, { result: { response: 'x'.repeat(KB) } }),
      '1 kB',
      'CROSSWALK_LRS_REQUEST_MB',
    );
  });

  it('a document, also one that grows by merging', async () => {
    const lrs = await openLrs({ limits: { document: KB } });
    const path = `/activities/profile?activityId=https%3A%2F%2Fa.example%2F1&profileId=one`;
    const put = (bytes: number) =>
      lrs
        .call('put', path)
        .set('If-None-Match', '*')
        .set('Content-Type', 'application/json')
        .send(JSON.stringify({ a: 'x'.repeat(bytes - '{"a":""}'.length) }));

    await expectRefusal(put(KB + 1), 'A document may have 1 kB', 'CROSSWALK_LRS_DOCUMENT_MB');
    await put(KB).expect(204);
    await expectRefusal(
      lrs.call('post', path).set('Content-Type', 'application/json').send('{"b":1}'),
      'A document may have 1 kB',
      'CROSSWALK_LRS_DOCUMENT_MB',
    );
  });
});

function postAttachment(lrs: LrsClient, bytes: number, overrides: Partial<Statement> = {}): Test {
  const content = 'x'.repeat(bytes);
  const sha2 = createHash('sha256').update(content).digest('hex');
  const statement = buildStatement({
    ...overrides,
    attachments: [
      {
        usageType: 'https://a.example/usage',
        display: { en: 'a file' },
        contentType: 'text/plain',
        length: bytes,
        sha2,
      },
    ],
  });
  const body = [
    '--b',
    'Content-Type: application/json',
    '',
    JSON.stringify(statement),
    '--b',
    'Content-Type: text/plain',
    'Content-Transfer-Encoding: binary',
    `X-Experience-API-Hash: ${sha2}`,
    '',
    content,
    '--b--',
    '',
  ].join('\r\n');
  return lrs.postBytes(body).set('Content-Type', 'multipart/mixed; boundary=b');
}
