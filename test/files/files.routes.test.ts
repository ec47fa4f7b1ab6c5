import { expect } from 'chai';
import { deleteFile } from '../../src/files/delete-file.js';
import { offerDownload, type NoteDownload } from '../../src/files/offer-download.js';
import { storeFile } from '../../src/files/store-file.js';
import type { StoredFile } from '../../src/files/stored-file.model.js';
import { noteDownload } from '../../src/reports/note-download.js';
import { countAccessesAbout, listAccesses } from '../../src/reports/access-log.model.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import { codeOf } from '../support/bad-inputs.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { PDF } from './sample-files.js';

const MINUTE_MS = 60_000;

describe('GET /files/:token', () => {
  let app: TestApp;
  let clock = new Date();
  let stranger: BrowserAgent;
  before(async () => {
    app = await startApp({ now: () => clock });
    stranger = createAgent(app.url);
  });
  after(() => app.close());
  beforeEach(() => {
    clock = new Date();
  });

  it('gives the file as a download, without a cookie, and once only', async () => {
    const path = await offer(await handIn());

    const first = await fetch(new URL(path, app.url));
    const content = Buffer.from(await first.arrayBuffer());
    const second = await stranger.get(path);

    expect(first.status).to.equal(200);
    expect(content.equals(PDF)).to.equal(true);
    expect([second.status, codeOf(second)]).to.deep.equal([410, 'file.link-used']);
  });

  it('lets nothing of it run: attachment, its own kind, no sniffing, a sandbox, no other origin, no cache, no cookie', async () => {
    const answer = await stranger.get(await offer(await handIn({ name: 'prüfung "1".pdf' })));

    expect(answer.headers.get('content-disposition')).to.equal(
      `attachment; filename="pr?fung _1_.pdf"; filename*=UTF-8''pr%C3%BCfung%20_1_.pdf`,
    );
    expect(Object.fromEntries(answer.headers)).to.deep.include({
      'content-type': 'application/pdf',
      'content-length': String(PDF.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
    });
    expect(answer.headers.getSetCookie()).to.deep.equal([]);
  });

  it('opens to one of two who ask at the same moment', async () => {
    const path = await offer(await handIn());

    const answers = await Promise.all([stranger.get(path), stranger.get(path)]);

    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 410]);
  });

  it('opens no more after a minute', async () => {
    const path = await offer(await handIn());
    clock = new Date(clock.getTime() + MINUTE_MS);

    expect((await stranger.get(path)).status).to.equal(410);
  });

  it('is not used up by a look ahead', async () => {
    const path = await offer(await handIn());

    const ahead = await stranger.send('HEAD', path);

    expect(ahead.status).to.equal(405);
    expect((await stranger.get(path)).status).to.equal(200);
  });

  it('says so when the file was deleted meanwhile, and for what is no address at all', async () => {
    const file = await handIn();
    const path = await offer(file);
    await deleteFile({ deployment: 'd', file: file.id });

    for (const address of [path, '/files/unknown', `/files/${'x'.repeat(43)}`])
      expect((await stranger.get(address)).status, address).to.equal(410);
    expect((await stranger.get(`/files/${'x'.repeat(200)}`)).status).to.equal(400);
  });

  async function handIn(options: { name?: string } = {}): Promise<StoredFile> {
    return storeFile({
      owner: { deployment: 'd', course: 'c', user: 'ana' },
      name: options.name ?? 'work.pdf',
      content: (async function* () {
        yield await Promise.resolve(PDF);
      })(),
      limits: { bytes: 10_000, files: 5 },
      now: () => clock,
    });
  }

  function offer(file: StoredFile): Promise<string> {
    const reader = { user: 'ana', roles: ['Learner'] };
    return offerDownload({ file, reader, noteDownload, now: clock });
  }

  describe('and the access log', () => {
    it('notes who takes a file of somebody else, not who takes their own', async () => {
      const file = await handIn();
      const teacher = { user: 'tom', roles: ['Instructor'] };

      await offerDownload({ file, reader: teacher, noteDownload, now: clock });
      await offer(file);

      expect(await listAccesses({ deployment: 'd', limit: 5 })).to.deep.equal([
        {
          deployment: 'd',
          course: 'c',
          ...teacher,
          action: 'export',
          subject: 'file',
          subjectId: 'ana',
          person: 'ana',
          people: [],
          names: 'shown',
          format: 'file',
          at: clock,
        },
      ]);
      expect(await countAccessesAbout({ deployment: 'd', user: 'ana' })).to.equal(1);
    });

    it('hands out nothing that cannot be noted', async () => {
      const failing: NoteDownload = () => Promise.reject(new Error('the database is away'));
      const file = await handIn();
      const reader = { user: 'tom', roles: ['Instructor'] };

      const offered = await offerDownload({
        file,
        reader,
        noteDownload: failing,
        now: clock,
      }).catch((error: unknown) => error);

      expect(offered).to.be.instanceOf(Error);
    });
  });
});
