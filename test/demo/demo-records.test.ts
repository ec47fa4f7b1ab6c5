// What the demo LMS keeps over a restart, and how it starts from a damaged folder.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadDemoCourse } from '../../src/demo/demo-course.js';
import { openDemoRecords } from '../../src/demo/demo-record-store.js';
import { addLineItem } from '../../src/demo/line-items.js';
import { openSigningKey } from '../../src/demo/signing-key.js';

const COURSE_FILE = join(import.meta.dirname, '../../seeds/demo/course.json');

describe('the demo LMS: what it keeps', () => {
  let dataFolder: string;
  let warnings: string[];

  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'demo-lms-'));
    warnings = [];
  });

  afterEach(async () => {
    await chmod(dataFolder, 0o700);
    await rm(dataFolder, { recursive: true });
  });

  const log = {
    info: () => undefined,
    warn: (_fields: object, message: string) => void warnings.push(message),
  };
  const openRecords = async (folder: string | null = dataFolder) =>
    openDemoRecords({ dataFolder: folder, courses: [await loadDemoCourse(COURSE_FILE)], log });
  const labelsOf = (store: Awaited<ReturnType<typeof openRecords>>) =>
    store.read().lineItems.map(({ label }) => label);

  describe('openDemoRecords', () => {
    it('begins with the line items of the seed', async () => {
      const store = await openRecords();

      expect(labelsOf(store)).to.deep.equal([
        'Coding practice quiz',
        'Release of information case study',
      ]);
    });

    it('finds every change again after a restart, and continues the numbers', async () => {
      const store = await openRecords();
      await store.change((draft) =>
        addLineItem(draft, { courseId: '1', input: { label: 'First', scoreMaximum: 1 } }),
      );
      await store.close();

      const again = await openRecords();
      const second = await again.change((draft) =>
        addLineItem(draft, { courseId: '1', input: { label: 'Second', scoreMaximum: 1 } }),
      );

      expect(labelsOf(again)).to.include.members(['First', 'Second']);
      expect(second.id).to.equal('4');
    });

    it('writes changes made at once one after another, losing none', async () => {
      const store = await openRecords();

      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          store.change((draft) =>
            addLineItem(draft, { courseId: '1', input: { label: `L${index}`, scoreMaximum: 1 } }),
          ),
        ),
      );

      const again = await openRecords();
      expect(again.read().lineItems).to.have.length(32);
      expect(await readdir(dataFolder)).to.deep.equal(['demo-lms.json']);
    });

    it('leaves all as it was after a change that throws, and takes the next one', async () => {
      const store = await openRecords();

      const failed = await store
        .change((draft) => {
          draft.lineItems = [];
          throw new Error('no');
        })
        .catch((error: unknown) => error);
      await store.change((draft) =>
        addLineItem(draft, { courseId: '1', input: { label: 'Next', scoreMaximum: 1 } }),
      );

      expect(failed).to.be.instanceOf(Error);
      expect(labelsOf(store)).to.have.length(3);
    });

    it('refuses a change it cannot write, and keeps what it had', async () => {
      const store = await openRecords(join(dataFolder, 'file'));
      await writeFile(join(dataFolder, 'file'), 'not a folder');

      const failed = await store
        .change((draft) =>
          addLineItem(draft, { courseId: '1', input: { label: 'Lost', scoreMaximum: 1 } }),
        )
        .catch((error: unknown) => error);

      expect(failed).to.include({ status: 503, code: 'temporarily_unavailable' });
      expect(labelsOf(store)).to.have.length(2);
      expect(warnings).to.have.length(1);
    });

    for (const { title, text } of [
      { title: 'cut short', text: '{"version":1,"lineItems":[' },
      { title: 'of another shape', text: '{"version":2}' },
      { title: 'empty', text: '' },
    ]) {
      it(`puts a file that is ${title} aside with a warning and begins anew`, async () => {
        await writeFile(join(dataFolder, 'demo-lms.json'), text);

        const store = await openRecords();

        expect(labelsOf(store)).to.have.length(2);
        expect(warnings).to.have.length(1);
        const [aside = ''] = await readdir(dataFolder);
        expect(aside).to.match(/^demo-lms\.json\.broken-\d+$/);
        expect(await readFile(join(dataFolder, aside), 'utf8')).to.equal(text);
      });
    }
  });

  describe('openSigningKey', () => {
    it('makes the folder and a key that only its owner reads, and finds it again', async () => {
      const folder = join(dataFolder, 'deeper', 'still');

      const made = await openSigningKey({ dataFolder: folder, log });
      const found = await openSigningKey({ dataFolder: folder, log });

      const { mode } = await stat(join(folder, 'demo-lms-key.pem'));
      expect(mode & 0o777).to.equal(0o600);
      expect(found.jwk).to.deep.equal(made.jwk);
    });

    it('puts an unreadable key aside with a warning and makes another', async () => {
      await writeFile(join(dataFolder, 'demo-lms-key.pem'), 'not a key');

      const made = await openSigningKey({ dataFolder, log });
      const found = await openSigningKey({ dataFolder, log });

      expect(warnings).to.have.length(1);
      expect(found.jwk.kid).to.equal(made.jwk.kid);
    });
  });

  describe('loadDemoCourse', () => {
    it('names every fault of a course file', async () => {
      const file = join(dataFolder, 'course.json');
      await writeFile(file, JSON.stringify({ id: 'no spaces', people: [] }));

      const failed: unknown = await loadDemoCourse(file).catch((error: unknown) => error);

      expect(String(failed)).to.include('people').and.include('title').and.include('activities');
    });

    it('refuses two people of one id', async () => {
      const file = join(dataFolder, 'course.json');
      const course = await loadDemoCourse(COURSE_FILE);
      await writeFile(
        file,
        JSON.stringify({ ...course, people: [...course.people, course.people[0]] }),
      );

      const failed: unknown = await loadDemoCourse(file).catch((error: unknown) => error);

      expect(String(failed)).to.include('people twice: 11');
    });
  });
});
