// The pages of named persons, of editors and of a launch outside a course, in a real browser: readable by assistive technology,
// in light on a wide window and dark on a phone.
import { expect } from 'chai';
import { giveGrant, type GrantKind, type GrantObject } from '../../src/lti/grant.model.js';
import { recordResourceReport } from '../../src/library/resource-report.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { createSmallFramework } from '../library/small-library.js';
import { openPage, stopBrowser } from '../support/browser.js';
import { startFakePlatform, LTI, type FakePlatform } from '../support/fake-platform.js';
import { giveCookies } from '../support/give-cookies.js';
import { connectPlatform, launchAs, type Launched } from '../support/launch-as.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { expectFits } from '../support/visit.js';

const NOW = new Date();
const DAY_MS = 86_400_000;

describe('the pages of named persons in a browser', function () {
  this.timeout(90_000);
  let app: TestApp;
  let fake: FakePlatform;
  let deployment: string;
  let platform: string;

  before(async () => {
    app = await startApp();
    fake = await startFakePlatform();
  });
  after(() => Promise.all([app.close(), fake.close(), stopBrowser()]));
  beforeEach(async () => {
    await createSmallFramework();
    const connected = await connectPlatform(fake);
    deployment = connected.deployment._id;
    platform = connected.platform._id;
  });

  const idOf = (sub: string) => userRecordId({ platform, sub });
  const launch = (name: string, role: 'Administrator' | null) =>
    launchAs({ tool: app, platform: fake, role, user: { sub: name, name } });
  const grant = (name: string, kind: GrantKind, object: GrantObject, days: number | null) =>
    giveGrant({
      deployment,
      user: idOf(name),
      kind,
      object,
      names: 'hidden',
      until: days === null ? null : new Date(NOW.getTime() + days * DAY_MS),
      by: idOf('Ada Admin'),
      now: NOW,
    });

  /** Reads the page in both widths and colour schemes; its heading. */
  async function read(launched: Launched, path: string): Promise<string> {
    const { page, context } = await openPage();
    await giveCookies(page, launched.agent);
    await page.goto(`${app.url}${path}`);
    await expectFits(page, page, path);
    const heading = await page.locator('h1').innerText();
    await context.close();
    return heading;
  }

  it('are the list and the forms of the administrator', async () => {
    await launch('Rita Reviewer', null);
    await launch('Edda Editor', null);
    await grant('Rita Reviewer', 'reviewer', 'programmes', 300);
    await grant('Edda Editor', 'editor', 'library', null);
    await grant('Edda Editor', 'reviewer', 'programmes', -1);
    const administrator = await launch('Ada Admin', 'Administrator');
    const course = `course=${administrator.course}`;

    const list = await read(administrator, `/admin/grants?q=Rita+Reviewer&${course}`);
    const form = await read(
      administrator,
      `/admin/grants/new?user=${idOf('Rita Reviewer')}&${course}`,
    );

    expect(list).to.equal('Named people');
    expect(form).to.equal('Rights of Rita Reviewer');
  });

  it('are the editor’s, with what did not work', async () => {
    const editor = await launch('Edda Editor', null);
    await grant('Edda Editor', 'editor', 'library', null);
    await grant('Edda Editor', 'editor', 'framework:small', null);
    await recordResourceReport({
      deployment,
      course: 'c1',
      user: 'u1',
      resource: 'r1',
      title: 'How records are kept',
      reason: 'not-opening',
      note: 'It asks for a password.',
      now: NOW,
    });

    expect(await read(editor, `/editing?course=${editor.course}`)).to.equal('What you edit');
  });

  it('are the first page outside a course', async () => {
    const somebody = await launchAs({
      tool: app,
      platform: fake,
      user: { sub: 'ana', name: 'Ana Ruiz' },
      roleUris: ['http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator'],
      claims: { [`${LTI}context`]: { id: 'account-1', type: ['Account'] } },
    });

    expect(await read(somebody, '/start?course=none')).to.equal('What you can open here');
  });
});
