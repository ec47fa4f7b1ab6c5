// Launches that no course is behind: Canvas's account navigation and Moodle's site home. No course is made of them, nobody
// teaches in them, and who administers is believed as far as the platform says of what.
import { expect } from 'chai';
import { createSmallFramework } from '../library/small-library.js';
import { codeOf } from '../support/bad-inputs.js';
import { countRecords } from '../support/count-records.js';
import { testDatabase } from '../support/engine.js';
import { LTI, ROLE_URIS, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, tryLaunch, type LaunchAs } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';

const INSTITUTION = 'http://purl.imsglobal.org/vocab/lis/v2/institution/person';
const ADMINISTRATOR = `${INSTITUTION}#Administrator`;
const SYSTEM = 'http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator';
/** The deployment of a tool that is installed in this account, as Canvas names it. */
const ACCOUNT = 'account-1';
const DEPLOYMENT = `7:${ACCOUNT}`;

describe('a launch outside a course', () => {
  let app: TestApp;
  let platform: FakePlatform;

  before(async () => {
    app = await startApp();
    platform = await startFakePlatform({ deploymentId: DEPLOYMENT });
  });
  after(() => Promise.all([app.close(), platform.close()]));
  beforeEach(async () => {
    await createSmallFramework();
    await connectPlatform(platform);
  });

  const launch = (more: Partial<LaunchAs>) => launchAs({ tool: app, platform, ...more });
  /** As Canvas sends it from the account's menu. */
  const fromAccount = (
    options: { roles?: string[]; account?: string; held?: string; type?: string[] } = {},
  ): Partial<LaunchAs> => {
    const { roles = [ADMINISTRATOR], account = ACCOUNT, held, type = ['Account'] } = options;
    return {
      roleUris: roles,
      claims: {
        [`${LTI}context`]: { id: account, title: 'Demo school', type },
        [`${LTI}custom`]: { canvas_account_roles: held ?? '$Canvas.membership.roles' },
        [`${LTI}tool_platform`]: { guid: 'c', product_family_code: 'canvas' },
      },
    };
  };
  /** As Moodle sends it from the site home. */
  const fromSiteHome = (roles: string[], family = 'moodle'): Partial<LaunchAs> => ({
    roleUris: roles,
    claims: {
      [`${LTI}context`]: { id: '1', label: 'site', title: 'Our Moodle', type: ['Group'] },
      [`${LTI}tool_platform`]: { guid: 'm', product_family_code: family },
    },
  });

  it('makes no course and no member of one, and asks for no roster and no columns', async () => {
    await launch(fromAccount({ held: 'Account Admin' }));
    await launch(fromSiteHome([ROLE_URIS.Learner]));

    const [session] = await testDatabase().collection('sessions').find().toArray();
    expect(await countRecords()).not.to.have.any.keys('courses', 'memberships', 'courseReads');
    expect(session).to.have.deep.nested.property('launches[0].services', {
      lineItemsUrl: null,
      lineItemUrl: null,
      gradeScopes: [],
      membershipsUrl: null,
    });
  });

  it('leads an administrator to the administration of their deployment', async () => {
    const { agent, path } = await launch(fromAccount({ held: 'Account Admin' }));

    const start = await agent.get(path);
    const page = await agent.get(start.location);

    expect([path, start.location]).to.deep.equal(['/start?course=none', '/admin?course=none']);
    expect(page.status).to.equal(200);
    expect((await agent.get('/privacy/people?course=none')).status).to.equal(200);
  });

  it('shows everybody else what is open to them, and no section of a course', async () => {
    const { agent, path } = await launch(fromAccount({ roles: [`${INSTITUTION}#Student`] }));

    const { text } = await agent.get(path);

    expect(text)
      .to.contain('What you can open here')
      .and.match(/href="\/privacy\?course(=|&#x3D;)none/);
    expect(text).to.match(/href="\/frameworks\/[^"]+\?course(=|&#x3D;)none"/);
    expect(text).not.to.match(/href="\/(?:activities|progress|class|reports|waiting|admin)[?"]/);
    expect(text).not.to.contain('calls you an administrator');
  });

  it('keeps the page that was asked for where it is another than the first', async () => {
    const { path } = await launch({
      ...fromAccount({ held: 'Account Admin' }),
      target: '/admin/deployments',
    });

    expect(path).to.equal('/admin/deployments?course=none');
  });

  const believed: { title: string; more: Partial<LaunchAs>; rights: boolean }[] = [
    {
      title: 'Canvas: who holds the account in which the tool is installed',
      more: fromAccount({ held: 'Teacher, Account Admin' }),
      rights: true,
    },
    {
      title: 'Canvas: who administers some account, it does not say which',
      more: fromAccount(),
      rights: false,
    },
    {
      title: 'Canvas: who holds a sub-account of it',
      more: fromAccount({ account: 'account-2', held: 'Account Admin' }),
      rights: false,
    },
    {
      title: 'Canvas: who came to the account with a lesser role in it',
      more: fromAccount({ held: 'Help Desk' }),
      rights: false,
    },
    {
      title: 'Canvas: whose role only sounds like it',
      more: fromAccount({ held: 'Sub Account Admin' }),
      rights: false,
    },
    {
      title: 'Canvas: who is no administrator of the institution, whatever the account says',
      more: fromAccount({ roles: [`${INSTITUTION}#Instructor`], held: 'Account Admin' }),
      rights: false,
    },
    {
      title: 'Moodle: the site administrator on the site home',
      more: fromSiteHome([ADMINISTRATOR, ROLE_URIS.Instructor, SYSTEM]),
      rights: true,
    },
    {
      title: 'Moodle: who may edit the site home',
      more: fromSiteHome([ROLE_URIS.Instructor]),
      rights: false,
    },
  ];
  for (const { title, more, rights } of believed)
    it(`${rights ? 'believes' : 'does not believe'} the administrator: ${title}`, async () => {
      const { agent } = await launch(more);

      const { status } = await agent.get('/admin?course=none');

      expect(status).to.equal(rights ? 200 : 403);
    });

  it('says to whom it does not believe what is missing', async () => {
    const { agent, path } = await launch(fromAccount());

    expect((await agent.get(path)).text).to.contain('does not say of which account');
  });

  it('gives an administrator of the institution nothing in a course', async () => {
    const { agent, course } = await launch({ roleUris: [ADMINISTRATOR] });

    expect(course).not.to.equal('none');
    expect((await agent.get(`/admin?course=${course}`)).status).to.equal(403);
  });

  it('gives nobody a teacher’s rights', async () => {
    const { agent } = await launch(fromSiteHome([ROLE_URIS.Instructor]));

    for (const path of ['/activities', '/class', '/reports', '/rules', '/waiting', '/gradebook'])
      expect((await agent.get(`${path}?course=none`)).status, path).to.equal(403);
  });

  const courses: { title: string; more: Partial<LaunchAs> }[] = [
    { title: 'a group of another platform', more: fromSiteHome([ROLE_URIS.Learner], 'canvas') },
    {
      title: 'a context that is a course as well',
      more: fromAccount({ type: ['Account', 'CourseSection'] }),
    },
    { title: 'a context without a type', more: fromAccount({ type: [] }) },
  ];
  for (const { title, more } of courses)
    it(`is none where the context is ${title}: a course, as ever`, async () => {
      await launch(more);

      expect(await countRecords()).to.include({ courses: 1, memberships: 1 });
    });

  for (const messageType of ['LtiDeepLinkingRequest', 'LtiSubmissionReviewRequest'])
    it(`takes no ${messageType}, says that it needs a course, and stores nothing`, async () => {
      const before = await countRecords();
      const { answer } = await tryLaunch({
        tool: app,
        platform,
        ...fromSiteHome([ADMINISTRATOR, ROLE_URIS.Instructor]),
        messageType,
        claims: {
          ...fromSiteHome([]).claims,
          [`${LTI}for_user`]: { user_id: 'user-2' },
          'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
            scope: [],
            lineitem: `${platform.origin}/courses/1/lineitems/1/lineitem`,
          },
        },
      });

      const { refusals: _note, ...after } = await countRecords();
      expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'lti.outside-course']);
      expect(answer.text).to.contain('This needs a course');
      expect(after).to.deep.equal(before);
    });

  it('refuses a context whose id is none, as of a course', async () => {
    const { answer } = await tryLaunch({
      tool: app,
      platform,
      roleUris: [ADMINISTRATOR],
      claims: { [`${LTI}context`]: { id: 7, type: ['Account'] } },
    });

    expect([answer.status, codeOf(answer)]).to.deep.equal([400, 'lti.claim']);
  });

  it('stands beside the courses that are open in the same browser', async () => {
    const { agent, course } = await launch({ role: 'Instructor' });
    await launch({ ...fromAccount({ roles: [`${INSTITUTION}#Instructor`] }), agent });

    expect((await agent.get(`/activities?course=${course}`)).status).to.equal(200);
    expect((await agent.get('/start?course=none')).status).to.equal(200);
    expect((await agent.get(`/start?course=${course}`)).location).to.equal(
      `/frameworks?course=${course}`,
    );
  });
});
