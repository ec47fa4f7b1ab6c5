import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { deleteFile } from '../../src/files/delete-file.js';
import { readChunks } from '../../src/files/file-chunk.model.js';
import { acceptedEndings, storeFile } from '../../src/files/store-file.js';
import { countFiles, findFile, listFiles } from '../../src/files/stored-file.model.js';
import { sweepFiles } from '../../src/files/sweep-files.js';
import { AppError } from '../../src/http/errors.js';
import { testDatabase } from '../support/engine.js';
import { PDF, TEXT } from './sample-files.js';

const HOUR_MS = 60 * 60_000;
const NOW = new Date('2026-03-01T10:00:00Z');
const owner = { deployment: 'd', course: 'c', user: 'ana' };
const limits = { bytes: 1_024 * 1_024, files: 3 };

describe('storeFile', () => {
  it('keeps name, kind, size, hash and owner, and the content byte for byte over several pieces', async () => {
    const content = Buffer.from('All records were checked twice.\n'.repeat(25_000));

    const file = await store({ name: 'C:\\audit.txt', content: inPieces(content, 70_001) });

    expect(file).to.deep.include({
      ...owner,
      name: 'audit.txt',
      mediaType: 'text/plain',
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      at: NOW,
    });
    expect(await findFile({ deployment: 'd', file: file.id })).to.deep.equal(file);
    expect((await readAll(file.id)).equals(content)).to.equal(true);
  });

  it('is not to be found from another deployment', async () => {
    const file = await store({ content: inPieces(PDF) });

    expect(await findFile({ deployment: 'e', file: file.id })).to.equal(null);
    expect(await listFiles({ deployment: 'e', files: [file.id] })).to.be.empty;
  });

  it('refuses a file that is too large as soon as it is, and reads no further', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked += 1;
        yield await Promise.resolve(Buffer.alloc(100_000, 'a'));
      }
    }

    expect(await refusal(store({ content: endless() }))).to.deep.include({
      code: 'file.too-large',
      status: 413,
      values: { mib: 1 },
    });
    expect(asked).to.equal(11);
    await expectNothingKept();
  });

  it('refuses an empty file', async () => {
    expect(await refusal(store({ content: inPieces(Buffer.alloc(0)) }))).to.include({
      code: 'file.empty',
    });
    await expectNothingKept();
  });

  for (const { title, content, code } of [
    {
      title: 'a program called .pdf',
      content: Buffer.from('MZ\u0000', 'latin1'),
      code: 'file.type',
    },
    {
      title: 'an SVG called .png',
      content: Buffer.from('<svg onload="x()"/>'),
      code: 'file.active',
    },
  ])
    it(`refuses ${title} and keeps nothing of it`, async () => {
      expect(await refusal(store({ name: 'work.pdf', content: inPieces(content) }))).to.include({
        code,
        status: 415,
      });
      await expectNothingKept();
    });

  it('leaves nothing behind when the upload stops half-way', async () => {
    async function* torn() {
      yield await Promise.resolve(Buffer.alloc(600_000, 'a'));
      throw new Error('the connection was closed');
    }

    expect(await refusal(store({ content: torn() }))).to.have.property(
      'message',
      'the connection was closed',
    );
    await expectNothingKept();
  });

  it('refuses what took longer than half an hour, because the sweep might have begun with it', async () => {
    const clock = [NOW, new Date(NOW.getTime() + HOUR_MS)];
    const slow = storeFile({
      owner,
      name: null,
      content: inPieces(TEXT),
      limits,
      now: () => clock.shift() ?? NOW,
    });

    expect(await refusal(slow)).to.include({ code: 'file.too-slow', status: 408 });
    await expectNothingKept();
  });

  it('gives a person as many places in a course as the limit says, also to uploads at the same time', async () => {
    const uploads = await Promise.allSettled(
      Array.from({ length: 6 }, () => store({ content: inPieces(PDF) })),
    );

    expect(uploads.filter(({ status }) => status === 'fulfilled')).to.have.length(3);
    expect(await countFiles(owner)).to.equal(3);
    expect(await refusal(store({ content: inPieces(PDF) }))).to.deep.include({
      code: 'file.too-many',
      status: 409,
      values: { count: 3 },
    });
    expect(await testDatabase().collection('fileChunks').countDocuments()).to.equal(3);
  });

  it('has room again once a file is deleted, and in other courses all the time', async () => {
    const [first] = await Promise.all([1, 2, 3].map(() => store({ content: inPieces(PDF) })));
    if (!first) throw new Error('three were stored');

    await deleteFile({ deployment: 'd', file: first.id });
    await store({ content: inPieces(TEXT) });
    await storeFile({
      owner: { ...owner, course: 'other' },
      name: null,
      content: inPieces(PDF),
      limits,
      now: () => NOW,
    });

    expect(await findFile({ deployment: 'd', file: first.id })).to.equal(null);
    expect(await countFiles(owner)).to.equal(3);
  });
});

describe('sweepFiles', () => {
  it('removes old pieces that no file has, and leaves files and what is still coming', async () => {
    const file = await store({ content: inPieces(PDF) });
    await leavePiece({ file: 'left', number: 0, at: NOW });
    await leavePiece({ file: 'left', number: 1, at: NOW });
    await leavePiece({ file: 'coming', number: 0, at: new Date(NOW.getTime() + HOUR_MS) });

    const removed = await sweepFiles({ now: new Date(NOW.getTime() + HOUR_MS + 1) });

    const kept = await testDatabase().collection('fileChunks').distinct('file');
    expect(removed).to.equal(1);
    expect(kept.sort()).to.deep.equal([file.id, 'coming'].sort());
  });
});

describe('acceptedEndings', () => {
  it('lists what a form may offer to choose', () => {
    expect(acceptedEndings().split(',')).to.include.members([
      '.pdf',
      '.docx',
      '.odt',
      '.txt',
      '.jpg',
    ]);
    expect(acceptedEndings()).not.to.match(/svg|html|docm/);
  });
});

function store(options: { name?: string; content: AsyncIterable<Uint8Array> }) {
  const { name = 'work.pdf', content } = options;
  return storeFile({ owner, name, content, limits, now: () => NOW });
}

async function* inPieces(content: Buffer, size = 50_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size)
    yield await Promise.resolve(content.subarray(at, at + size));
}

async function readAll(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readChunks({ deployment: 'd', file })) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function refusal(done: Promise<unknown>): Promise<Error> {
  const error: unknown = await done.then(
    () => new Error('it was taken'),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError || error instanceof Error) return error;
  throw new Error('something else was thrown');
}

async function expectNothingKept(): Promise<void> {
  for (const name of ['storedFiles', 'fileChunks'])
    expect(await testDatabase().collection(name).countDocuments(), name).to.equal(0);
}

async function leavePiece(piece: { file: string; number: number; at: Date }): Promise<void> {
  await testDatabase()
    .collection<{ _id: string; deployment: string; bytes: Buffer }>('fileChunks')
    .insertOne({ _id: `${piece.file}/${piece.number}`, deployment: 'd', bytes: TEXT, ...piece });
}
