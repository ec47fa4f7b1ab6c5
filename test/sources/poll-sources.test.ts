// Statements of another record store on their way to evidence: read by their `stored`, given to ours, counted for whom the
// source's rules name; and what a hostile record store may try.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Activity } from '../../src/activities/activity.model.js';
import { matchAgain } from '../../src/attainment/match-again.js';
import { projectAttainment } from '../../src/attainment/project-attainment.js';
import { rebuildAttainment } from '../../src/attainment/rebuild-attainment.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { stateLaunches } from '../../src/activities/state-launches.js';
import { createStatementSource } from '../../src/activities/statement-source.js';
import { readConfig, type Config } from '../../src/config.js';
import { findStatement } from '../../src/lrs/statement-feed.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { addLrsKey } from '../../src/lrs/lrs-keys.js';
import { joinOwnLrs, ownFeed, storeOfSource } from '../../src/own-lrs.js';
import { listSources, type EvidenceSource } from '../../src/sources/evidence-source.model.js';
import {
  addKeySource,
  addStoreSource,
  setRules,
  setStatus,
} from '../../src/sources/evidence-sources.js';
import { pollSources } from '../../src/sources/poll-sources.js';
import { listUnmatched } from '../../src/sources/unmatched-actor.model.js';
import { CMI5, EXTENSIONS, VERBS } from '../../src/xapi/vocabulary.js';
import { createActivity } from '../attainment/attainment-world.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs, type Launched } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { startReadableStore, type HeldStatement, type ReadableStore } from './readable-store.js';

const HOME = 'https://moodle.example';
const CONTENT = 'https://content.example/h5p/7';
const HOUR_MS = 3_600_000;
/** Longer than a source rests after it was read to its end. */
const REST_MS = 61_000;

describe('statements of other tools', () => {
  let app: TestApp;
  let platform: FakePlatform;
  let config: Config;
  let store: ReadableStore;
  let deployment: string;
  let course: string;
  let activity: Activity;
  let late: number;
  const now = () => new Date(Date.now() + late);

  before(async () => {
    [app, platform] = await Promise.all([startApp(), startFakePlatform()]);
    config = readConfig({
      NODE_ENV: 'test',
      CROSSWALK_URL: app.url,
      CROSSWALK_SECRET: app.services.config.secret,
    });
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(async () => {
    late = 0;
    store = await startReadableStore();
    await joinOwnLrs({ config, now });
    ({
      deployment: { _id: deployment },
    } = await connectPlatform(platform));
    ({ course } = await enter({ user: 'ana' }));
    activity = await createActivity({ deployment, course, address: CONTENT });
  });
  afterEach(() => store.close());

  describe('read from another record store', () => {
    it('become evidence for whom the rules name, once, however often they are read', async () => {
      await add();
      store.held.push(say('ana'), say('ana', { verb: VERBS.experienced }), say('ana'));

      await poll();
      await poll();
      await project();

      const evidence = await found();
      expect(evidence).to.have.length(3);
      expect(evidence[0]).to.deep.include({
        user: personOf('ana'),
        course,
        objectId: activity.id,
        kind: 'assessed',
        success: true,
        score: 0.9,
      });
      expect((await source()).read).to.equal(3);
      await rebuild();
      expect(await found()).to.deep.equal(evidence);
    });

    it('are asked for by what is stored since, and page by page', async () => {
      await add();
      store.held.push(say('ana'), say('ana'), say('ana'));
      await poll();
      const first = store.asked.splice(0);
      store.held.push(say('ana', { stored: new Date().toISOString() }));

      await poll();

      expect(first.map(({ url }) => url.split('?')[0])).to.deep.equal([
        '/xapi/statements',
        '/xapi/more',
      ]);
      expect(new URLSearchParams(store.asked[0]?.url.split('?')[1]).get('since')).to.equal(
        new Date(Date.parse(store.held[2]?.stored ?? '') - 1).toISOString(),
      );
      expect((await source()).read).to.equal(4);
    });

    it('are asked for again behind what the record store calls consistent', async () => {
      await add();
      store.held.push(say('ana', { stored: '2026-05-04T10:00:00.000Z' }));
      store.held.push(say('ana', { stored: '2026-05-04T12:00:00.000Z' }));
      store.consistentThrough = '2026-05-04T11:00:00.000Z';
      await poll();
      store.held.splice(1, 0, say('ana', { stored: '2026-05-04T11:30:00.000Z' }));

      await poll();

      expect((await source()).read).to.equal(3);
    });

    it('are taken back by a voiding statement of the same record store', async () => {
      await add();
      const done = say('ana');
      store.held.push(done);
      await poll();
      await project();

      store.held.push(say('ana', voiding(String(done['id']))));
      await poll();
      await project();

      expect((await found()).map(({ withdrawn }) => withdrawn !== null)).to.deep.equal([true]);
    });

    it('count nothing for whom the rules do not name, and say who that was', async () => {
      await add();
      store.held.push(
        say('nobody'),
        say('nobody'),
        say('ana', { homePage: 'https://other.example' }),
      );

      await poll();
      await project();
      await project();

      expect(await found()).to.deep.equal([]);
      const { actors, total, statements } = await unmatched();
      expect([total, statements]).to.deep.equal([2, 3]);
      expect(actors.map(({ statements: count }) => count).sort()).to.deep.equal([1, 2]);
    });

    it('count later, when somebody comes or a rule is mended', async () => {
      await add();
      store.held.push(say('bo'), say('ana', { homePage: 'https://other.example' }));
      await poll();
      await project();

      await enter({ user: 'bo' });
      const accounts = [HOME, 'https://other.example'].map((homePage) => ({
        homePage,
        name: 'sub' as const,
      }));
      const { id } = await source();
      await setRules({ deployment, source: id, rules: { accounts, mailboxes: false } });
      late = HOUR_MS;
      await matchAgain({ feed: feed(), now });

      expect((await found()).map(({ user }) => user)).to.have.members([
        personOf('ana'),
        personOf('bo'),
      ]);
      expect((await unmatched()).total).to.equal(0);
    });

    it('know people by e-mail address only where the platform vouches for it', async () => {
      const user = { sub: 'eve', email: 'eve@school.example' };
      await enter({ user });
      await add();
      const byMail = say('x', { actor: { mbox: 'mailto:eve@school.example' } });
      store.held.push(byMail);
      await poll();
      await project();
      const before = await found();

      const { id, rules } = await source();
      await setRules({ deployment, source: id, rules: { ...rules, mailboxes: true } });
      late = HOUR_MS;
      await matchAgain({ feed: feed(), now });

      expect(before).to.deep.equal([]);
      expect((await found()).map(({ user: id }) => id)).to.deep.equal([personOf('eve')]);
    });

    it('of cmi5 count by the session’s moving on, also by the publisher’s name of the activity', async () => {
      await add();
      const session = (verb: string, more: object = {}) =>
        say('ana', {
          verb,
          objectId: 'https://lms.example/au/1',
          context: {
            registration: randomUUID(),
            extensions: { [CMI5.sessionId]: 's1' },
            contextActivities: {
              category: [{ id: CMI5.category }, { id: CMI5.moveOn }],
              grouping: [{ id: CONTENT }],
            },
            ...more,
          },
        });
      const category = {
        contextActivities: { category: [{ id: CMI5.category }], grouping: [{ id: CONTENT }] },
      };
      store.held.push(
        session(VERBS.passed),
        session(VERBS.initialized, category),
        session(VERBS.completed, { extensions: {} }),
      );

      await poll();
      await project();

      expect((await found()).map(({ completes, kind }) => [completes, kind])).to.have.deep.members([
        [true, 'assessed'],
        [false, 'observed'],
      ]);
    });

    it('do not vouch, and name no kind of evidence of their own', async () => {
      await add();
      const extensions = { [EXTENSIONS.evidenceKind]: 'attested' };
      store.held.push(
        say('ana', { verb: VERBS.attested, context: { instructor: agentOf('teacher') } }),
        say('ana', { verb: VERBS.completed, result: { completion: true, extensions } }),
      );

      await poll();
      await project();

      expect((await found()).map(({ kind }) => kind)).to.deep.equal(['observed']);
    });

    it('do not count while the source is paused, and count when it is resumed', async () => {
      await add();
      const { id } = await source();
      await setStatus({ deployment, source: id, status: 'paused' });
      store.held.push(say('ana'));
      await poll();
      const whilePaused = store.asked.length;

      await setStatus({ deployment, source: id, status: 'active' });
      await poll();
      await project();

      expect(whilePaused).to.equal(0);
      expect(await found()).to.have.length(1);
    });
  });

  describe('of a hostile record store', () => {
    it('may not send the password to another host', async () => {
      await add();
      const other = await startReadableStore();
      for (const more of [
        `${other.endpoint}/statements`,
        '//127.0.0.2/xapi',
        'http://user:word@localhost/x',
      ]) {
        store.trick = () => ({ status: 200, body: { statements: [], more } });
        late += HOUR_MS * 2;
        await poll();
        expect((await source()).lastError).to.equal('source.other-host');
      }
      expect(other.asked).to.deep.equal([]);
      await other.close();
    });

    it('may not redirect', async () => {
      await add();
      store.trick = () => ({ status: 302, headers: { location: 'http://127.0.0.2/' } });

      await poll();

      expect((await source()).lastError).to.match(/^outgoing\./);
    });

    it('may not hold us for ever by pages without an end', async () => {
      await add();
      let page = 0;
      store.trick = () => {
        page += 1;
        return { status: 200, body: { statements: [], more: `/xapi/more?page=${page}` } };
      };

      await poll();

      expect(page).to.equal(20);
      store.trick = (url) => ({
        status: 200,
        body: { statements: [], more: `${url.pathname}${url.search}` },
      });
      await poll();
      expect((await source()).lastError).to.equal('source.same-page');
    });

    for (const { title, body } of [
      { title: 'no JSON', body: 'welcome' },
      { title: 'no page', body: { statements: 'all' } },
      {
        title: 'statements without the moment they were stored',
        body: { statements: [{ id: 1 }] },
      },
      { title: 'too many statements', body: { statements: Array(1_001).fill({ stored: '1' }) } },
      { title: 'nothing', body: '' },
    ])
      it(`is asked again later when it answers ${title}`, async () => {
        await add();
        store.trick = () => ({ status: 200, body });

        await poll();
        late -= REST_MS;
        await poll();

        expect(store.asked).to.have.length(1);
        const { lastError, failures, retryAt, mark } = await source();
        expect(lastError).to.equal('source.no-page');
        expect(failures).to.equal(1);
        expect((retryAt ?? new Date(0)) > now()).to.equal(true);
        expect(mark.since).to.equal(null);
      });

    it('is not read beyond what we can hold', async () => {
      await add();
      store.trick = () => ({ status: 200, body: ' '.repeat(9 * 1024 * 1024) });

      await poll();

      expect((await source()).lastError).to.equal('outgoing.too-large');
    });

    it('moves no mark into the future', async () => {
      await add();
      store.held.push(say('ana', { stored: '2999-01-01T00:00:00.000Z' }));
      store.consistentThrough = '2999-01-01T00:00:00.000Z';
      await poll();
      store.held.unshift(say('ana', { stored: new Date().toISOString() }));

      await poll();

      expect((await source()).read).to.equal(2);
      expect(Date.parse((await source()).mark.since ?? '')).to.be.below(Date.now());
    });

    it('gets into our record store neither what is no statement, nor another word under an id of ours, nor a voiding of ours', async () => {
      await add();
      const ours = say('ana');
      const own = await addLrsKey({ name: 'Other', scopes: ['all'], now: now() });
      await write(own, ours);
      store.held.push(
        say('ana', { verb: 'no address' }),
        { ...say('bo'), id: ours['id'] },
        say('ana', voiding(String(ours['id']))),
        say('ana'),
      );

      await poll();

      expect(await source()).to.include({ read: 1, refused: 3 });
      const kept = await findStatement({ id: String(ours['id']) });
      expect(kept).to.deep.include({ isVoided: false });
      expect(kept?.statement.actor).to.deep.equal(agentOf('ana'));
    });

    it('speaks for nobody of another school', async () => {
      const other = await startFakePlatform({ clientId: 'another', kid: 'another' });
      const there = await connectPlatform(other);
      const home = await enter({ platform: other, user: 'zoe', course: 'Z' });
      const far = await createActivity({
        deployment: there.deployment._id,
        course: home.course,
        address: 'https://content.example/far',
      });
      await add();
      store.held.push(
        say('zoe', { objectId: far.activityId }),
        say('zoe', { objectId: 'https://content.example/far' }),
        say('zoe'),
      );

      await poll();
      await project();

      expect(await listEvidence({ deployment: there.deployment._id })).to.deep.equal([]);
      expect(await found()).to.deep.equal([]);
      await other.close();
    });

    it('is left alone when it takes the key no longer, until a person resumes it', async () => {
      await add();
      store.password = 'changed';
      await poll();
      late = HOUR_MS * 24;
      await poll();

      expect(store.asked).to.have.length(1);
      expect(await source()).to.include({ status: 'stopped', lastError: 'source.credentials' });
    });

    it('begins again at the mark when its next page is gone', async () => {
      await add();
      store.held.push(say('ana'), say('ana'), say('ana'));
      store.trick = (url) => (url.pathname.endsWith('/more') ? { status: 503 } : null);
      await poll();
      store.trick = (url) => (url.pathname.endsWith('/more') ? { status: 404 } : null);
      store.pageSize = 5;
      late = HOUR_MS;

      await poll();

      expect((await source()).read).to.equal(3);
    });
  });

  describe('written into our own record store', () => {
    it('count where a source names their key, for whom its rules name', async () => {
      const made = await addLrsKey({ name: 'H5P', scopes: ['statements/write'], now: now() });
      const other = await addLrsKey({ name: 'Other', scopes: ['statements/write'], now: now() });
      await addKeySource({
        deployment,
        body: { name: 'H5P', key: made.key, homePages: HOME, accountName: 'sub' },
        isKey: async () => true,
        now: now(),
      });

      await write(made, say('ana'));
      await write(other, say('ana'));
      await project();

      expect(await found()).to.have.length(1);
    });
  });

  /** As a learner; the launch is stated, as the process does it soon after. */
  async function enter(options: Partial<LaunchAs>): Promise<Launched> {
    const launched = await launchAs({
      tool: app,
      platform,
      role: 'Learner',
      course: 'C',
      ...options,
    });
    const source = createStatementSource({ url: app.url, secret: config.secret, now });
    await stateLaunches({ source, now });
    return launched;
  }

  async function add(): Promise<void> {
    const { endpoint, key, password } = store;
    await addStoreSource({
      deployment,
      body: { name: 'Moodle', endpoint, key, password, homePages: HOME, accountName: 'sub' },
      secret: config.secret,
      mayReach: () => true,
      now: now(),
    });
  }

  function poll(): Promise<void> {
    late += REST_MS;
    const { outgoing } = app.services;
    return pollSources({
      outgoing,
      secret: config.secret,
      store: storeOfSource({ config, now }),
      now,
    });
  }

  function feed() {
    return ownFeed({ config, now });
  }

  function projection() {
    const source = createStatementSource({ url: app.url, secret: config.secret, now });
    return { feed: feed(), source, now };
  }

  function project(): Promise<void> {
    return projectAttainment(projection());
  }

  function rebuild(): Promise<void> {
    return rebuildAttainment(projection());
  }

  async function source(): Promise<EvidenceSource> {
    const [only] = await listSources({ deployment });
    if (!only) throw new Error('there is no source');
    return only;
  }

  function found() {
    return listEvidence({ deployment });
  }

  async function unmatched() {
    return listUnmatched({ deployment, source: (await source()).id, limit: 10 });
  }

  function personOf(sub: string): string {
    return userRecordId({ platform: platformRecordId(platform), sub });
  }

  async function write(key: { key: string; secret: string }, statement: object): Promise<void> {
    const answer = await fetch(`${app.url}/xapi/statements`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${key.key}:${key.secret}`).toString('base64')}`,
        'content-type': 'application/json',
        'x-experience-api-version': '1.0.3',
      },
      body: JSON.stringify({ ...statement, stored: undefined }),
    });
    expect(answer.status, await answer.text()).to.equal(200);
  }
});

function agentOf(name: string, homePage = HOME) {
  return { objectType: 'Agent', account: { homePage, name } };
}

function voiding(target: string) {
  return { verb: VERBS.voided, object: { objectType: 'StatementRef', id: target }, result: null };
}

let moment = Date.parse('2026-05-04T10:20:30.000Z');

/** That somebody passed the content with 90 %, a second later each time. */
function say(
  name: string,
  more: {
    verb?: string;
    homePage?: string;
    objectId?: string;
    stored?: string;
    actor?: object;
    object?: object;
    context?: object;
    result?: object | null;
  } = {},
): HeldStatement {
  moment += 1_000;
  const { verb = VERBS.passed, homePage, objectId = CONTENT, context } = more;
  const result =
    more.result === undefined ? { score: { scaled: 0.9 }, success: true } : more.result;
  return {
    id: randomUUID(),
    actor: more.actor ?? agentOf(name, homePage),
    verb: { id: verb },
    object: more.object ?? { objectType: 'Activity', id: objectId },
    ...(result && { result }),
    ...(context && { context }),
    timestamp: '2026-05-04T10:00:00.000Z',
    stored: more.stored ?? new Date(moment).toISOString(),
  };
}
