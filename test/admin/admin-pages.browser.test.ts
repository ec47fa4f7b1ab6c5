// The pages of admin/ in a real browser: readable by assistive technology, in light on a wide window and dark on a phone.
import { expect } from 'chai';
import { deploymentsRoutes } from '../../src/admin/deployments.routes.js';
import { destinationsAdminRoutes } from '../../src/admin/destinations.routes.js';
import { noteLook } from '../../src/reports/note-look.js';
import { launchesRoutes } from '../../src/admin/launches.routes.js';
import { addPlatformRoutes } from '../../src/admin/add-platform.routes.js';
import { invitationsRoutes } from '../../src/admin/invitations.routes.js';
import { readNextEmptyings } from '../../src/privacy/course-emptying.model.js';
import { retentionRoutes } from '../../src/privacy/retention.routes.js';
import { overviewRoutes } from '../../src/admin/overview.routes.js';
import { platformsRoutes } from '../../src/admin/platforms.routes.js';
import { scoresAdminRoutes } from '../../src/admin/scores.routes.js';
import { sessionsAdminRoutes } from '../../src/admin/sessions.routes.js';
import { lrsKeysAdminRoutes } from '../../src/admin/lrs-keys.routes.js';
import { storedStatementsRoutes } from '../../src/admin/stored-statements.routes.js';
import { parkedStatementsRoutes } from '../../src/admin/statements.routes.js';
import { testDataRoutes } from '../../src/admin/test-data.routes.js';
import { emptyTestData } from '../../src/empty-test-data.js';
import { importFramework } from '../../src/frameworks/import-framework.js';
import { addLrsKey } from '../../src/lrs/lrs-keys.js';
import { createLogger } from '../../src/logger.js';
import { recordPendingDeployment } from '../../src/lti/deployment.model.js';
import { insertRefusal, listRefusals } from '../../src/lti/refusal.model.js';
import { OWN_DESTINATION } from '../../src/outbox/destination.model.js';
import { ensureOwnDestination } from '../../src/outbox/destinations.js';
import { insertParked } from '../../src/outbox/parked-statement.model.js';
import { pageWith, SMALL_BODY } from '../frameworks/him-page-text.js';
import { addDestination } from '../outbox/add-destination.js';
import { writeSentence } from '../../src/reports/statement-sentence.js';
import { expectAccessible, expectOtherColours, openPage, stopBrowser } from '../support/browser.js';
import { giveCookies } from '../support/give-cookies.js';
import { startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs } from '../support/launch-as.js';
import { refuseScore } from '../support/refuse-score.js';
import { signInAsOperator } from '../support/sign-in-as-operator.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const DAY_MS = 86_400_000;

describe('the administration pages in a browser', function () {
  this.timeout(90_000);
  let tool: TestTool;
  let fake: FakePlatform;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({
      routes: ({ config, now, outgoing }) => [
        overviewRoutes({ now, readNextEmptyings }),
        launchesRoutes({ now, url: config.url }),
        platformsRoutes({ now }),
        addPlatformRoutes({ url: config.url, now, mayReach: outgoing.mayReach }),
        invitationsRoutes({ url: config.url, now }),
        deploymentsRoutes({ now, noteLook }),
        retentionRoutes({ now, nudge: () => undefined }),
        sessionsAdminRoutes({ now, noteLook }),
        testDataRoutes({ log: createLogger({ level: 'silent' }), emptyTestData }),
        parkedStatementsRoutes({ now, noteLook, nudge: () => undefined }),
        storedStatementsRoutes({ now, noteLook, writeSentence }),
        lrsKeysAdminRoutes({ now, url: config.url }),
        destinationsAdminRoutes({
          now,
          secret: config.secret,
          outgoing,
          nudge: () => undefined,
        }),
        scoresAdminRoutes({ now, noteLook, nudge: () => undefined }),
      ],
    });
  });
  after(async () => {
    await stopBrowser();
    await tool.close();
    await fake.close();
  });

  for (const view of [
    { title: 'in light on a wide window', width: 1280, colorScheme: 'light' as const },
    { title: 'in dark on a phone', width: 390, colorScheme: 'dark' as const },
  ]) {
    it(`have no fault that axe finds ${view.title}`, async () => {
      const { platform, deployment, refusal, testPlatform, lrsKey, destination } =
        await fillEverything();
      const agent = await signInAsOperator(tool);
      const { page, context } = await openPage(view);
      await giveCookies(page, agent);

      for (const path of [
        '/admin',
        '/admin/platforms',
        '/admin/platforms/new',
        '/admin/platforms/addresses',
        '/admin/invitations',
        `/admin/platforms/${platform}/removal`,
        '/admin/deployments',
        `/admin/deployments/${deployment}`,
        `/admin/deployments/${deployment}/retention`,
        `/admin/deployments/${deployment}/retention/preview?coursesYears=2`,
        '/admin/destinations',
        '/admin/destinations/new',
        `/admin/destinations/${destination}`,
        '/admin/statements',
        '/admin/scores',
        '/admin/sessions',
        `/admin/platforms/${testPlatform}/test-data`,
        '/admin/launches',
        `/admin/launches/${refusal}`,
        '/admin/frameworks',
        '/admin/lrs-keys',
        '/admin/stored-statements',
        '/admin/stored-statements?id=x&agent=y',
        `/admin/lrs-keys/${lrsKey}`,
      ]) {
        await page.goto(`${tool.url}${path}`);
        await expectAccessible(page, path);
      }
      await context.close();
    });
  }

  it('show the numbers of the frameworks in the frame of an LMS without scrolling sideways', async () => {
    await fillEverything();
    const agent = await signInAsOperator(tool);
    const { page, context } = await openPage({ width: 760 });
    await giveCookies(page, agent);

    await page.goto(`${tool.url}/admin/frameworks`);

    const excess = await page
      .locator('.table-scroll')
      .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(excess).to.equal(0);
    await context.close();
  });

  it('keep what was typed beside each fault, readable too', async () => {
    const agent = await signInAsOperator(tool);
    const { page, context } = await openPage();
    await giveCookies(page, agent);

    await page.goto(`${tool.url}/admin/platforms/new`);
    await page.getByLabel('Client ID').fill('123');
    await page.getByRole('button', { name: 'Add the platform' }).click();

    await page.getByText('Nothing was added.').waitFor();
    await expectAccessible(page, 'the form with faults');
    await expectOtherColours(page, 'the form with faults');
    await context.close();
  });

  /** Something in each table. */
  async function fillEverything(): Promise<
    Record<
      'platform' | 'deployment' | 'refusal' | 'testPlatform' | 'lrsKey' | 'destination',
      string
    >
  > {
    const now = new Date();
    const { platform, deployment } = await connectPlatform(fake);
    await launchAs({ tool, platform: fake, role: 'Reviewer', user: 'Rae' });
    await refuseScore({
      deployment: deployment._id,
      lineItemUrl: `${fake.origin}/courses/1/lineitems/7/lineitem?type_id=1`,
      fault: '404 line item not found',
    });
    await recordPendingDeployment({
      platform: platform._id,
      deploymentId: 'new',
      accountName: 'North school',
      now,
    });
    await importFramework({
      text: pageWith(SMALL_BODY),
      format: 'him-page',
      framework: 'small',
      now,
      url: tool.url,
    });
    await ensureOwnDestination({
      endpoint: `${tool.url}/xapi`,
      secret: tool.services.config.secret,
      makeKey: () => Promise.resolve({ key: 'key', secret: 'secret' }),
      verifyKey: () => Promise.resolve(true),
      now,
    });
    await insertParked({
      destination: OWN_DESTINATION,
      now,
      refusals: [
        {
          statementId: '00000000-0000-4000-8000-000000000001',
          deployment: deployment._id,
          log: 'outbox-0',
          position: 1,
          status: 400,
          words: 'no such verb',
        },
      ],
    });
    await insertRefusal(
      {
        at: now,
        platform: platform._id,
        deployment: null,
        step: 'launch',
        code: 'lti.token',
        status: 401,
        details: { fault: 'expired' },
        claimNames: ['aud', 'exp'],
        reference: 'ref12345',
        expiresAt: new Date(now.getTime() + DAY_MS),
      },
      { cap: 100 },
    );
    const [refusal] = await listRefusals({ now, limit: 1 });
    const test = await connectPlatform({ ...fake, clientId: 'client-of-test' }, { kind: 'test' });
    const { id: destination } = await addDestination({
      name: 'State LRS',
      endpoint: 'https://lrs.state.example/xapi',
      key: 'state-key',
      password: 'state-password',
      secret: tool.services.config.secret,
      now,
    });
    const { key: lrsKey } = await addLrsKey({ name: 'Player', scopes: ['all'], now });
    return {
      platform: platform._id,
      deployment: deployment._id,
      refusal: refusal?._id ?? '',
      testPlatform: test.platform._id,
      lrsKey,
      destination,
    };
  }
});
