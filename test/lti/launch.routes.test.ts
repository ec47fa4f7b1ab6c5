import { expect } from 'chai';
import { findCourse } from '../../src/lti/course.model.js';
import { findDeployment, listDeployments } from '../../src/lti/deployment.model.js';
import { listUnstatedLaunches, markLaunchesStated } from '../../src/lti/launch.model.js';
import { listCourseMembers } from '../../src/lti/membership.model.js';
import { listRefusals } from '../../src/lti/refusal.model.js';
import { listResourceLinks } from '../../src/lti/resource-link.model.js';
import { findUser } from '../../src/lti/user.model.js';
import { countRecords } from '../support/count-records.js';
import { LTI, ROLE_URIS, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, tryLaunch } from '../support/launch-as.js';
import { showLaunchRoutes } from '../support/show-launch.js';
import { startTool, type TestTool } from '../support/start-tool.js';

describe('/lti/launch', () => {
  let tool: TestTool;
  let platform: FakePlatform;

  before(async () => {
    [platform, tool] = await Promise.all([
      startFakePlatform(),
      startTool({
        routes: () => [showLaunchRoutes()],
      }),
    ]);
  });
  after(async () => {
    await Promise.all([tool.close(), platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(platform);
  });

  describe('a good launch', () => {
    it('leads to the page that was asked for, signed in, with the query kept', async () => {
      const { agent, path } = await launchAs({
        tool,
        platform,
        role: 'Learner',
        target: '/frameworks?view=all',
      });

      const page = await agent.get(path);

      expect(path).to.match(/^\/frameworks\?view=all&course=[0-9a-f-]{36}$/);
      expect(page.status).to.equal(200);
      expect(page.json()).to.deep.include({
        userName: 'Ana Ruiz',
        personName: 'Ana Ruiz',
        roles: ['Learner'],
        courseTitle: 'Health Records 101',
        testUser: false,
        mayReadNames: false,
        resourceLinkId: 'link-1',
      });
    });

    it('records course, person, membership and link once, and each launch', async () => {
      await launchAs({ tool, platform, role: 'Instructor' });
      const { course } = await launchAs({ tool, platform, role: 'Instructor' });
      const [deployment] = await listDeployments();
      const where = { deployment: deployment?._id ?? '', course };

      expect(await findCourse(where)).to.deep.include({
        title: 'Health Records 101',
        label: 'COURSE-1',
        term: { name: 'Autumn', startsAt: null, endsAt: null },
      });
      const { members } = await listCourseMembers({ ...where, page: { limit: 10 } });
      expect(members).to.have.length(1);
      expect(members[0]).to.deep.include({
        roles: ['Instructor'],
        countsAsLearner: false,
        launchCount: 2,
        source: 'launch',
      });
      expect(await findUser({ user: members[0]?.user ?? '' })).to.deep.include({
        name: 'Ana Ruiz',
        email: 'ana@school.example',
        sub: 'user-1',
      });
      const [link] = await listResourceLinks(where);
      expect(link).to.deep.include({
        resourceLinkId: 'link-1',
        targetPath: '/frameworks',
        custom: {},
      });
      expect(await listUnstatedLaunches({ limit: 10 })).to.have.length(2);
    });

    it('keeps with a link what says something of the link, and nothing of who launches', async () => {
      const history = 'old-link-2,old-link-1';
      const personal = {
        ...{ person_sis_id: 'S-1234', canvas_user_id: '42', canvas_user_login_id: 'ana' },
        ...{ user_email: 'ana@school.example', Person_Name_Full: 'Ana Ruiz' },
        ...{ resource_link_id_history_of: 'Ana', 'resource_link_id_history ': 'Ana' },
        ...{
          constructor: 'Ana',
          hasOwnProperty: 'Ana',
          toString: 'Ana',
          $set: 'Ana',
          'a.b': 'Ana',
        },
      };
      const custom = { resource_link_id_history: history, ...personal };
      const { course } = await launchAs({ tool, platform, claims: { [`${LTI}custom`]: custom } });
      const [deployment] = await listDeployments();

      const [link] = await listResourceLinks({ deployment: deployment?._id ?? '', course });

      expect(link?.custom).to.deep.equal({ resource_link_id_history: history });
    });

    it('is told once: a launch that was stated is not listed again', async () => {
      await launchAs({ tool, platform });
      const [launch] = await listUnstatedLaunches({ limit: 10 });

      await markLaunchesStated({ launches: [launch?._id ?? ''] });

      expect(await listUnstatedLaunches({ limit: 10 })).to.deep.equal([]);
    });

    it('forgets a name that the platform shares no longer', async () => {
      const first = await launchAs({ tool, platform, user: { sub: 'u', name: 'Bo' } });
      const { user } = (await first.agent.get(first.path)).json() as { user: string };

      await launchAs({ tool, platform, user: { sub: 'u' } });

      expect(await findUser({ user })).to.deep.include({ name: null });
    });

    it('remembers hosts and frames that the verified token names, and no other', async () => {
      await launchAs({
        tool,
        platform,
        claims: { [`${LTI}custom`]: { canvas_api_domain: 'school.instructure.com' } },
      });
      const [deployment] = await listDeployments();

      const found = await findDeployment({ deployment: deployment?._id ?? '' });

      expect(found?.frameOrigins).to.have.members([
        platform.origin,
        'https://school.instructure.com',
      ]);
      expect(found?.serviceHosts).to.have.members([
        new URL(platform.origin).host,
        'school.instructure.com',
      ]);
    });

    it('marks a test user, whose launch is never stated', async () => {
      const { agent, path } = await launchAs({
        tool,
        platform,
        roleUris: [ROLE_URIS.Learner, 'http://purl.imsglobal.org/vocab/lti/system/person#TestUser'],
      });

      expect((await agent.get(path)).json()).to.deep.include({
        testUser: true,
        roles: ['Learner'],
      });
      expect(await listUnstatedLaunches({ limit: 10 })).to.deep.equal([]);
    });

    it('lets an unknown deployment in where the platform says so', async () => {
      await connectPlatform(platform, { unknownDeployments: 'approve' });

      const { answer } = await tryLaunch({
        tool,
        platform: { ...platform, deploymentId: 'new' },
        claims: { [`${LTI}deployment_id`]: 'new' },
      });

      expect(answer.status).to.equal(303);
    });

    it('sends a deep linking request to the choice, whatever its target', async () => {
      const { path } = await launchAs({
        tool,
        platform,
        role: 'Instructor',
        messageType: 'LtiDeepLinkingRequest',
      });

      expect(path).to.match(/^\/deep-linking\?course=/);
    });

    it('counts no finished launch against the limit of logins', async () => {
      const small = await startTool({ config: { loginLimitPerMinute: 2 } });
      try {
        for (let count = 0; count < 5; count += 1) await launchAs({ tool: small, platform });
        expect(await countRecords()).to.deep.include({ launches: 5 });
      } finally {
        await small.close();
      }
    });

    it('accepts a token whose clock is off by less than a minute', async () => {
      const nowS = Math.floor(Date.now() / 1_000);
      const late = await tryLaunch({ tool, platform, claims: { iat: nowS - 90, exp: nowS - 30 } });
      const early = await tryLaunch({
        tool,
        platform,
        claims: { iat: nowS + 50, exp: nowS + 110, nbf: nowS + 50 },
      });

      expect([late.answer.status, early.answer.status]).to.deep.equal([303, 303]);
    });
  });

  // What is refused: test/conformance/bad-inputs.
  describe('a refused launch', () => {
    it('leaves a note for the administrator: fault and claim names, no value and no token', async () => {
      const { answer } = await tryLaunch({
        tool,
        platform,
        claims: { iss: 'https://evil.example', name: 'Ana Secret' },
      });

      const [note] = await listRefusals({ now: new Date(), limit: 1 });
      expect(note).to.deep.include({
        step: 'launch',
        code: 'lti.token',
        status: 401,
        details: { fault: 'issuer', seen: 'https://evil.example' },
      });
      expect(note?.claimNames).to.include('name');
      expect(JSON.stringify(note)).not.to.match(/Ana|eyJ|user-1/);
      expect(answer.text).to.contain(note?.reference);
    });
  });
});
