// An administrator names one person as a reviewer or an editor, and takes it back; the person has the right from the next
// request on, and no longer than it holds.
import { expect } from 'chai';
import { latestDay, usualDay } from '../../src/admin/grant-form.js';
import { wordsFor } from '../../src/http/catalogue.js';
import { giveGrant, listGrants } from '../../src/lti/grant.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { requestErasure } from '../../src/privacy/request-erasure.js';
import { erasePerson } from '../../src/privacy/erase-person.js';
import { findErasure } from '../../src/privacy/erasure.model.js';
import { createSmallFramework } from '../library/small-library.js';
import { codeOf } from '../support/bad-inputs.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, type LaunchAs, type Launched } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

const MINUTES_MS = 60_000;
const LIBRARY = 'library';
const LEARNER_PAGES = ['/class', '/reports', '/people', '/reports/learners', '/activities'];

describe('rights of named persons', () => {
  let app: TestApp;
  let fake: FakePlatform;
  let deployment: string;
  let platform: string;
  let offsetMs: number;

  before(async () => {
    app = await startApp({ now });
    fake = await startFakePlatform();
  });
  after(() => Promise.all([app.close(), fake.close()]));
  beforeEach(async () => {
    offsetMs = 0;
    await createSmallFramework();
    const connected = await connectPlatform(fake);
    deployment = connected.deployment._id;
    platform = connected.platform._id;
  });

  function now(): Date {
    return new Date(Date.now() + offsetMs);
  }
  const launch = (more: Partial<LaunchAs>) => launchAs({ tool: app, platform: fake, ...more });
  const administer = () =>
    launch({ role: 'Administrator', user: { sub: 'admin', name: 'Ada Admin' } });
  /** Somebody without a role in the course. */
  const arrive = (name = 'Rita') => launch({ role: null, user: { sub: name, name } });
  const idOf = (sub: string) => userRecordId({ platform, sub });
  const day = (days: number) =>
    new Date(now().getTime() + days * 24 * 60 * MINUTES_MS).toISOString().slice(0, 10);

  /** Sends one of the two forms of the person's page. */
  const name = async (
    administrator: Launched,
    form: 'reviewers' | 'editors',
    fields: Record<string, string | string[]>,
    person = 'Rita',
  ) => {
    const { agent, course } = administrator;
    const page = `/admin/grants/new?user=${idOf(person)}&course=${course}`;
    return agent.postForm(page, fields, { action: `/admin/grants/${form}` });
  };
  const takeBack = ({ agent, course }: Launched) =>
    agent.postForm(`/admin/grants?course=${course}`, {}, { action: '/admin/grants/endings' });
  const listed = async ({ agent, course }: Launched, query = '') =>
    (await agent.get(`/admin/grants?course=${course}${query}`)).text;
  const statusOf = async ({ agent, course }: Launched, path: string) =>
    (await agent.get(`${path}?course=${course}`)).status;

  describe('a reviewer', () => {
    it('is found by name, named for a year, and reads reports from the next page on, by pseudonyms', async () => {
      const rita = await arrive();
      await launch({ role: 'Learner', user: { sub: 'ana', name: 'Ana Ruiz' } });
      const before = await statusOf(rita, '/reports');
      const administrator = await administer();

      const found = await listed(administrator, '&q=Rita');
      const answer = await name(administrator, 'reviewers', {});

      expect(found).to.contain('Name Rita').and.contain(idOf('Rita'));
      expect(answer.location).to.contain('/admin/grants?').and.contain('notice=grant-given');
      const page = await rita.agent.get(`/reports/learners?course=${rita.course}`);
      expect([before, page.status]).to.deep.equal([403, 200]);
      expect(page.text).not.to.contain('Ana Ruiz');
      const [grant] = await listGrants({ deployment });
      expect(grant).to.deep.include({ kind: 'reviewer', names: 'hidden', endedAt: null });
      expect(grant?.until?.toISOString()).to.equal(`${usualDay(now())}T23:59:59.999Z`);
      expect(grant?.changes).to.have.length(1);
      expect(grant?.changes[0]).to.include({ by: idOf('admin'), what: 'given' });
    });

    it('sees names where that was given, and each look is noted', async () => {
      const rita = await arrive();
      await launch({ role: 'Learner', user: { sub: 'ana', name: 'Ana Ruiz' } });
      await name(await administer(), 'reviewers', { names: 'shown' });

      const page = await rita.agent.get(`/reports/learners?course=${rita.course}`);
      const own = await launch({ role: 'Learner', user: { sub: 'ana', name: 'Ana Ruiz' } });
      const held = await own.agent.get(`/privacy?course=${own.course}`);

      expect(page.text).to.contain('Ana Ruiz');
      expect(held.text).to.contain('one person may see names').and.contain('Rita');
    });

    it('loses the right at the moment it ends, in the middle of a session', async () => {
      const rita = await arrive();
      const grant = {
        deployment,
        user: idOf('Rita'),
        kind: 'reviewer',
        object: 'programmes',
      } as const;
      const until = new Date(now().getTime() + 10 * MINUTES_MS);
      await giveGrant({ ...grant, names: 'hidden', until, by: idOf('admin'), now: now() });

      const administrator = await administer();
      const during = await statusOf(rita, '/reports');
      offsetMs = 11 * MINUTES_MS;
      const after = await statusOf(rita, '/reports');
      const list = await listed(administrator);

      expect([during, after]).to.deep.equal([200, 403]);
      expect(list).to.contain('Nobody has been named yet.').and.contain('Its time was over:');
    });

    it('loses it when it is taken back, and the list says who gave and who took it', async () => {
      const rita = await arrive();
      const administrator = await administer();
      await name(administrator, 'reviewers', {});
      const during = await statusOf(rita, '/reports');

      const answer = await takeBack(administrator);
      const list = await listed(administrator);

      expect(answer.location).to.contain('notice=grant-ended');
      expect([during, await statusOf(rita, '/reports')]).to.deep.equal([200, 403]);
      expect(list).to.contain('given by Ada Admin').and.contain('taken back by Ada Admin');
    });

    it('can be named again, with other terms, in the same record', async () => {
      await arrive();
      const administrator = await administer();
      await name(administrator, 'reviewers', {});
      await takeBack(administrator);
      await name(administrator, 'reviewers', { until: day(10), names: 'shown' });

      const grants = await listGrants({ deployment });
      expect(grants).to.have.length(1);
      expect(grants[0]).to.deep.include({ names: 'shown', endedAt: null });
      expect(grants[0]?.changes.map(({ what }) => what)).to.deep.equal(['given', 'ended', 'given']);
    });

    it('stays a learner where they learn', async () => {
      const rita = await launch({ role: 'Learner', user: { sub: 'Rita', name: 'Rita' } });
      await name(await administer(), 'reviewers', {});

      expect(await statusOf(rita, '/progress')).to.equal(200);
      const framework = await rita.agent.get(`/frameworks/small?course=${rita.course}&show=all`);
      expect(framework.text).to.contain(wordsFor('en')('attainment:framework.scopeFramework'));
    });

    const faults: { title: string; fields: Record<string, string>; says: string }[] = [
      { title: 'no day', fields: { until: '' }, says: 'no day of the calendar' },
      {
        title: 'a day that is none',
        fields: { until: '2027-02-31' },
        says: 'no day of the calendar',
      },
      { title: 'words', fields: { until: '"><script>' }, says: 'no day of the calendar' },
      { title: 'a day that is over', fields: { until: '2020-01-01' }, says: 'This day is over.' },
      { title: 'more than three years', fields: { until: '2199-01-01' }, says: 'three years away' },
      {
        title: 'no word about names',
        fields: { names: 'some' },
        says: 'Choose pseudonyms or names.',
      },
    ];
    for (const { title, fields, says } of faults)
      it(`is not named with ${title}: the form says so and keeps what was typed`, async () => {
        await arrive();

        const answer = await name(await administer(), 'reviewers', fields);

        expect(answer.status).to.equal(400);
        expect(answer.text).to.contain(says).and.not.contain('<script>"');
        if (fields['until']?.startsWith('2')) expect(answer.text).to.contain(fields['until']);
        expect(await listGrants({ deployment })).to.deep.equal([]);
      });

    it('may be named for today and for the last day of three years', async () => {
      await arrive();
      const administrator = await administer();

      for (const until of [day(0), latestDay(now())])
        expect((await name(administrator, 'reviewers', { until })).status, until).to.equal(303);
    });
  });

  describe('an editor', () => {
    it('edits what was named, sees its page, and no learner', async () => {
      const rita = await arrive();
      const administrator = await administer();

      const answer = await name(administrator, 'editors', { object: 'framework:small' });

      const page = await rita.agent.get(`/editing?course=${rita.course}`);
      expect(answer.location).to.contain('notice=grant-given');
      expect(page.status).to.equal(200);
      expect(page.text).to.contain('href="/editing?').and.contain('without a resource');
      for (const path of [...LEARNER_PAGES, '/privacy/people', `/privacy/${idOf('ana')}`, '/admin'])
        expect(await statusOf(rita, path), path).to.equal(403);
    });

    it('edits several at once, each to be taken back by itself', async () => {
      await arrive();
      const administrator = await administer();

      await name(administrator, 'editors', { object: [LIBRARY, 'framework:small'] });
      await takeBack(administrator);

      const grants = await listGrants({ deployment });
      expect(grants.map(({ object }) => object)).to.have.members([LIBRARY, 'framework:small']);
      expect(grants.filter(({ endedAt }) => endedAt === null)).to.have.length(1);
      expect(await listed(administrator)).to.contain('Edits the library');
    });

    for (const object of ['framework:elsewhere', 'programmes', ''])
      it(`is not named for ${object === '' ? 'nothing' : object}`, async () => {
        await arrive();

        const answer = await name(await administer(), 'editors', object === '' ? {} : { object });

        expect(answer.status).to.equal(400);
        expect(answer.text).to.contain('Choose the library or at least one framework.');
        expect(await listGrants({ deployment })).to.deep.equal([]);
      });

    it('keeps nothing of it in the view of a student', async () => {
      await launch({ role: 'Instructor', user: { sub: 'Rita', name: 'Rita' } });
      await name(await administer(), 'editors', { object: LIBRARY });
      const { agent, course } = await launch({
        role: 'Instructor',
        user: { sub: 'Rita', name: 'Rita' },
      });

      expect((await agent.get(`/editing?course=${course}`)).status).to.equal(200);
      expect((await agent.get(`/editing?course=${course}&as=student`)).status).to.equal(403);
    });
  });

  describe('of another deployment', () => {
    const nextDoor = (more: Partial<LaunchAs>) => {
      const second = { ...fake, deploymentId: 'deployment-2' };
      return launchAs({
        tool: app,
        platform: { ...second, idToken: (message) => fake.sign(second.claims(message)) },
        claims: { 'https://purl.imsglobal.org/spec/lti/claim/deployment_id': 'deployment-2' },
        ...more,
      });
    };
    beforeEach(() => connectPlatform({ ...fake, deploymentId: 'deployment-2' }));

    it('are given and taken by its own administrator alone, and say nothing here', async () => {
      const rita = await arrive();
      await name(await administer(), 'reviewers', {});
      const stranger = await nextDoor({
        role: 'Administrator',
        user: { sub: 'other', name: 'Oda' },
      });

      const page = await stranger.agent.get(
        `/admin/grants/new?user=${idOf('Rita')}&course=${stranger.course}`,
        { headers: { accept: 'application/json' } },
      );
      const list = await listed(stranger, '&q=Rita');
      const there = await nextDoor({ role: null, user: { sub: 'Rita', name: 'Rita' } });

      expect([page.status, codeOf(page)]).to.deep.equal([404, 'admin.no-person']);
      expect(list).to.contain('Nobody has been named yet.').and.not.contain('Name Rita');
      expect(await statusOf(there, '/reports')).to.equal(403);
      expect(await statusOf(rita, '/reports')).to.equal(200);
    });

    it('cannot be taken back from here', async () => {
      await arrive();
      const administrator = await administer();
      await name(administrator, 'reviewers', {});
      const stranger = await nextDoor({
        role: 'Administrator',
        user: { sub: 'other', name: 'Oda' },
      });
      await nextDoor({ role: null, user: { sub: 'Zoe', name: 'Zoe' } });
      await name(stranger, 'reviewers', {}, 'Zoe');

      const answer = await stranger.agent.postForm(
        `/admin/grants?course=${stranger.course}`,
        { user: idOf('Rita') },
        { action: '/admin/grants/endings' },
      );

      expect(answer.status).to.equal(404);
      expect((await listGrants({ deployment }))[0]?.endedAt).to.equal(null);
    });
  });

  it('are looked at by an administrator, which the person can read', async () => {
    const rita = await arrive();
    const administrator = await administer();
    await listed(administrator, '&q=Rita');
    await name(administrator, 'reviewers', {});
    await listed(administrator);

    const held = await rita.agent.get(`/privacy?course=${rita.course}`);

    expect(held.text)
      .to.contain('Looked at the search for a person')
      .and.contain('Looked at the list of rights of named persons')
      .and.contain('Ada Admin');
  });

  it('are counted in what is held about the person, and go with them', async () => {
    const rita = await arrive();
    const administrator = await administer();
    await name(administrator, 'reviewers', {});
    await name(administrator, 'editors', { object: LIBRARY }, 'admin');

    const held = await rita.agent.get(`/privacy?course=${rita.course}`);
    const exported = await rita.agent.get(`/privacy/${idOf('Rita')}/export?course=${rita.course}`);
    for (const user of [idOf('Rita'), idOf('admin')]) {
      const erasure = await requestErasure({ deployment, user, by: 'operator', now: now() });
      await erasePerson({
        url: app.url,
        deriveId: () => Promise.resolve('00000000-0000-4000-8000-000000000000'),
        now,
        erasure,
      });
      expect((await findErasure({ deployment, user }))?.state).to.equal('erased');
    }

    expect(held.text).to.contain('One right that an administrator gave the person');
    expect(exported.text).to.contain('"kind":"grants"').and.contain('"object":"programmes"');
    expect(await listGrants({ deployment })).to.deep.equal([]);
  });

  it('name an erased administrator as erased', async () => {
    await arrive();
    await name(await administer(), 'reviewers', {});
    const erasure = await requestErasure({
      deployment,
      user: idOf('admin'),
      by: 'operator',
      now: now(),
    });
    await erasePerson({
      url: app.url,
      deriveId: () => Promise.resolve('00000000-0000-4000-8000-000000000000'),
      now,
      erasure,
    });

    const [grant] = await listGrants({ deployment });
    const other = await launch({ role: 'Administrator', user: { sub: 'next', name: 'Nia' } });
    expect(grant?.changes[0]?.by).to.equal('erased');
    expect(await listed(other)).to.contain('given by somebody who was erased');
  });
});
