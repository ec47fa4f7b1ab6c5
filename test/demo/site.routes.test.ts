// The demo LMS outside its courses: the account's page and its launch, and the same as a Moodle's site home.
import { expect } from 'chai';
import request from 'supertest';
import {
  launch,
  readFields,
  signIn,
  startDemo,
  verifyIdToken,
  type RunningDemo,
} from './start-demo.js';

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/';
const [AMARA, PRIYA] = ['11', '41'];

describe('the demo LMS: the account above its courses', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.stop());

  const open = async (person: string) => {
    const browser = await signIn(demo, person);
    const { fields } = await launch(demo, { browser, path: '/site/launch' });
    return verifyIdToken(demo, fields.id_token ?? '');
  };

  it('is a page with the tool in a frame, for whoever is signed in', async () => {
    const browser = await signIn(demo, AMARA);

    const page = await browser.get('/site').expect(200);

    expect(page.text).to.include('src="/site/launch"').and.include('Demo school');
    await request(demo.url).get('/site').expect(401);
    await request(demo.url).get('/site/launch').expect(401);
  });

  it('names an account, roles of the institution and no services, as Canvas does', async () => {
    const claims = await open(PRIYA);

    expect(claims).to.deep.include({
      [`${CLAIM}context`]: { id: '1', title: 'Demo school', type: ['Account'] },
      [`${CLAIM}roles`]: [
        'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator',
      ],
      [`${CLAIM}target_link_uri`]: `${demo.tool.url}/frameworks`,
    });
    expect(claims[`${CLAIM}custom`]).to.include({ canvas_account_roles: 'Account Admin' });
    expect(claims).not.to.have.any.keys(
      `${CLAIM}lis`,
      'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
      'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
    );
  });

  it('gives a student no role in the account', async () => {
    const claims = await open(AMARA);

    expect(claims[`${CLAIM}roles`]).to.deep.equal([
      'http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student',
    ]);
    expect(claims[`${CLAIM}custom`]).to.include({ canvas_account_roles: '' });
  });

  it('is no activity of a course', async () => {
    const browser = await signIn(demo, PRIYA);

    await browser.get('/activities/site/launch').expect(404);
    await browser.get('/courses/site').expect(404);
    expect(readFields((await browser.get('/site/launch')).text)).to.include({
      client_id: 'crosswalk-demo',
    });
  });
});
