// Choosing content: the request the demo LMS sends, and which answers it takes.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import request from 'supertest';
import {
  launch,
  readAction,
  readFields,
  signIn,
  startDemo,
  verifyIdToken,
  type Browser,
  type RunningDemo,
} from './start-demo.js';

const CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/';
const DL_CLAIM = 'https://purl.imsglobal.org/spec/lti-dl/claim/';
const SETTINGS = `${DL_CLAIM}deep_linking_settings`;
const [AMARA, RUTH, PRIYA] = ['11', '21', '41'];

interface Settings {
  deep_link_return_url: string;
  data: string;
  [member: string]: unknown;
}

describe('the demo LMS: deep linking', () => {
  let demo: RunningDemo;
  let ruth: Browser;

  beforeEach(async () => {
    demo = await startDemo();
    ruth = await signIn(demo, RUTH);
  });

  afterEach(() => demo.stop());

  const openChooser = async () => {
    const { fields } = await launch(demo, { browser: ruth, path: '/courses/1/content/launch' });
    const claims = await verifyIdToken(demo, fields.id_token ?? '');
    return { claims, settings: claims[SETTINGS] as Settings };
  };
  const buildResponse = (settings: Settings, changes: object = {}) => {
    const iat = Math.floor(demo.clock.now.getTime() / 1000);
    return {
      iss: 'crosswalk-demo',
      aud: demo.url,
      iat,
      exp: iat + 60,
      nonce: randomUUID(),
      [`${CLAIM}message_type`]: 'LtiDeepLinkingResponse',
      [`${CLAIM}version`]: '1.3.0',
      [`${CLAIM}deployment_id`]: '1',
      [`${DL_CLAIM}data`]: settings.data,
      [`${DL_CLAIM}content_items`]: [
        {
          type: 'ltiResourceLink',
          title: 'Reading records',
          text: 'A short lesson',
          url: `${demo.tool.url}/activities?lesson=7`,
          custom: { lesson: 7 },
          lineItem: { scoreMaximum: 5, resourceId: 'lesson-7', tag: 'lesson' },
        },
        { type: 'ltiResourceLink', title: 'My competencies' },
      ],
      ...changes,
    };
  };
  const give = (browser: Browser, settings: Settings, JWT: string) =>
    browser
      .post(settings.deep_link_return_url.slice(demo.url.length))
      .set('Origin', demo.tool.url)
      .type('form')
      .send({ JWT, reposted: '1' });
  const coursePage = async () => (await ruth.get('/courses/1').expect(200)).text;

  it('asks for resource links, several at once, with line items', async () => {
    const { claims, settings } = await openChooser();

    expect(claims).to.include({
      [`${CLAIM}message_type`]: 'LtiDeepLinkingRequest',
      [`${CLAIM}target_link_uri`]: `${demo.tool.url}/activities`,
    });
    expect(claims).not.to.have.property(`${CLAIM}resource_link`);
    expect(settings).to.deep.include({
      accept_types: ['ltiResourceLink'],
      accept_multiple: true,
      accept_lineitem: true,
    });
    expect(settings.deep_link_return_url).to.match(
      new RegExp(`^${demo.url}/courses/1/content-items\\?request=`),
    );
  });

  it('places the chosen links as activities, with their line items', async () => {
    const { settings } = await openChooser();

    const answer = await give(ruth, settings, demo.tool.sign(buildResponse(settings)));

    expect(answer.status).to.equal(200);
    expect(answer.text).to.include('Reading records').and.include('My competencies');
    const { fields } = await launch(demo, { browser: ruth, path: '/activities/101/launch' });
    const claims = await verifyIdToken(demo, fields.id_token ?? '');
    expect(claims[`${CLAIM}target_link_uri`]).to.equal(`${demo.tool.url}/activities?lesson=7`);
    expect(claims[`${CLAIM}resource_link`]).to.deep.equal({
      id: '101',
      title: 'Reading records',
      description: 'A short lesson',
    });
    expect(claims[`${CLAIM}custom`]).to.include({ lesson: '7' });
    expect(claims['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint']).to.include({
      lineitem: `${demo.url}/services/courses/1/lineitems/3/lineitem?type_id=1`,
    });
    expect(await coursePage())
      .to.include('href="/activities/101"')
      .and.include('/activities/102"');
  });

  it('shows the placed activities to students, too', async () => {
    const { settings } = await openChooser();
    await give(ruth, settings, demo.tool.sign(buildResponse(settings))).expect(200);
    const amara = await signIn(demo, AMARA);

    await amara.get('/activities/101/launch').expect(200);
  });

  it('has the browser post again where its cookie was kept back', async () => {
    const { settings } = await openChooser();
    const path = settings.deep_link_return_url.slice(demo.url.length);
    const JWT = demo.tool.sign(buildResponse(settings));

    const first = await request(demo.url).post(path).type('form').send({ JWT }).expect(200);
    const second = await ruth.post(path).type('form').send(readFields(first.text)).expect(200);

    expect(readAction(first.text)).to.equal(settings.deep_link_return_url);
    expect(second.text).to.include('Reading records');
  });

  it('adds nothing where nothing was chosen, and shows the message', async () => {
    const { settings } = await openChooser();
    const response = buildResponse(settings, {
      [`${DL_CLAIM}content_items`]: [],
      [`${DL_CLAIM}msg`]: 'Nothing <chosen>',
    });

    const answer = await give(ruth, settings, demo.tool.sign(response)).expect(200);

    expect(answer.text).to.include('The course is as it was').and.include('Nothing &lt;chosen&gt;');
    expect(await coursePage()).not.to.include('/activities/101"');
  });

  it('takes one answer to a request, even of two sent at once', async () => {
    const { settings } = await openChooser();

    const answers = await Promise.all([
      give(ruth, settings, demo.tool.sign(buildResponse(settings))),
      give(ruth, settings, demo.tool.sign(buildResponse(settings))),
    ]);
    const later = await give(ruth, settings, demo.tool.sign(buildResponse(settings)));

    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
    expect(later.status).to.equal(400);
    expect(await coursePage()).not.to.include('/activities/103"');
  });

  it('refuses a signed answer replayed towards another request', async () => {
    const first = await openChooser();
    const JWT = demo.tool.sign(buildResponse(first.settings));
    await give(ruth, first.settings, JWT).expect(200);
    const second = await openChooser();

    await give(ruth, second.settings, JWT).expect(400);

    expect(await coursePage()).not.to.include('/activities/103"');
  });

  it('refuses a nonce that an earlier answer had', async () => {
    const first = await openChooser();
    const nonce = randomUUID();
    await give(ruth, first.settings, demo.tool.sign(buildResponse(first.settings, { nonce })));
    const second = await openChooser();

    const answer = await give(
      ruth,
      second.settings,
      demo.tool.sign(buildResponse(second.settings, { nonce })),
    );

    expect(answer.status).to.equal(400);
    expect(answer.text).to.include('nonce was used before');
  });

  it('refuses an answer whose payload was changed after signing', async () => {
    const { settings } = await openChooser();
    const [header, payload = '', signature] = demo.tool.sign(buildResponse(settings)).split('.');
    const claims = Buffer.from(payload, 'base64url').toString().replace('Reading', 'Forging');
    const tampered = [header, Buffer.from(claims).toString('base64url'), signature].join('.');

    await give(ruth, settings, tampered).expect(400);

    expect(await coursePage()).not.to.include('/activities/101"');
  });

  const refused: { title: string; changes: (demo: RunningDemo) => object }[] = [
    { title: 'another issuer', changes: () => ({ iss: 'someone-else' }) },
    { title: 'another audience', changes: () => ({ aud: 'https://lms.example' }) },
    { title: 'an end in the past', changes: () => ({ exp: 1_700_000_000 }) },
    { title: 'no nonce', changes: () => ({ nonce: undefined }) },
    { title: 'another deployment', changes: () => ({ [`${CLAIM}deployment_id`]: '2' }) },
    { title: 'other data', changes: () => ({ [`${DL_CLAIM}data`]: 'made-up' }) },
    { title: 'no data', changes: () => ({ [`${DL_CLAIM}data`]: undefined }) },
    {
      title: 'another message type',
      changes: () => ({ [`${CLAIM}message_type`]: 'LtiResourceLinkRequest' }),
    },
    {
      title: 'an item of a type that was not asked for',
      changes: () => ({ [`${DL_CLAIM}content_items`]: [{ type: 'html', html: '<p>' }] }),
    },
    {
      title: 'a link to another site',
      changes: () => ({
        [`${DL_CLAIM}content_items`]: [{ type: 'ltiResourceLink', url: 'https://evil.example/' }],
      }),
    },
    {
      title: 'a link with a script for an address',
      changes: () => ({
        [`${DL_CLAIM}content_items`]: [{ type: 'ltiResourceLink', url: 'javascript:alert(1)' }],
      }),
    },
    {
      title: 'nested custom values',
      changes: (running) => ({
        [`${DL_CLAIM}content_items`]: [
          {
            type: 'ltiResourceLink',
            url: `${running.tool.url}/activities`,
            custom: { lesson: { id: 7 } },
          },
        ],
      }),
    },
  ];
  for (const { title, changes } of refused) {
    it(`refuses an answer with ${title}, and adds nothing`, async () => {
      const { settings } = await openChooser();
      const claims = buildResponse(settings, changes(demo));

      const answer = await give(
        ruth,
        settings,
        demo.tool.sign(Buffer.from(JSON.stringify(claims))),
      );

      expect(answer.status).to.equal(400);
      expect(await coursePage()).not.to.include('/activities/101"');
    });
  }

  it('is for instructors and administrators, and for the one who asked', async () => {
    const { settings } = await openChooser();
    const [amara, priya] = [await signIn(demo, AMARA), await signIn(demo, PRIYA)];
    const JWT = demo.tool.sign(buildResponse(settings));

    await amara.get('/courses/1/content').expect(403);
    await amara.get('/courses/1/content/launch').expect(403);
    await give(amara, settings, JWT).expect(403);
    await give(priya, settings, JWT).expect(400);
    await request(demo.url)
      .post(settings.deep_link_return_url.slice(demo.url.length))
      .type('form')
      .send({ JWT, reposted: '1' })
      .expect(401);

    await give(ruth, settings, JWT).expect(200);
  });
});
