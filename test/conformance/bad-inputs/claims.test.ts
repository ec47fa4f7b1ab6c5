// Bad inputs 80 to 94, 96 and 100 to 104: well-proved tokens whose LTI claims are missing, of the wrong shape, or ask for too much.
import { expect } from 'chai';
import { listDeployments, setDeploymentStatus } from '../../../src/lti/deployment.model.js';
import { pausePlatform } from '../../../src/lti/manage-platforms.js';
import {
  countStored,
  expectRefusal,
  launchWith,
  openDoor,
  refuseEach,
  type BadInput,
} from '../../support/bad-inputs.js';
import { countRecords } from '../../support/count-records.js';
import { AGS, DL, LTI, ROLE_URIS, startFakePlatform } from '../../support/fake-platform.js';
import {
  beginLaunch,
  connectPlatform,
  launchAs,
  postLaunch,
  tryLaunch,
} from '../../support/launch-as.js';

describe('bad inputs at /lti/launch: LTI claims', () => {
  const door = openDoor();
  const launchClaims = (claims: Record<string, unknown>) =>
    launchWith(door, (message) => door.platform.idToken({ ...message, claims }));
  const claim = (title: string, name: string, value: unknown): BadInput => [
    title,
    400,
    'lti.claim',
    () => launchClaims({ [`${LTI}${name}`]: value }),
  ];
  const settings = (change: Record<string, unknown>) => ({
    [`${DL}deep_linking_settings`]: {
      deep_link_return_url: `${door.platform.origin}/return`,
      accept_types: ['ltiResourceLink'],
      accept_presentation_document_targets: ['iframe'],
      ...change,
    },
  });
  const deepLinking = (title: string, claims: () => Record<string, unknown>): BadInput => [
    title,
    400,
    'lti.claim',
    () =>
      launchWith(door, (message) =>
        door.platform.idToken({
          ...message,
          messageType: 'LtiDeepLinkingRequest',
          role: 'Instructor',
          claims: claims(),
        }),
      ),
  ];
  const review = (forUser: unknown) => ({
    messageType: 'LtiSubmissionReviewRequest',
    claims: {
      [`${LTI}for_user`]: forUser,
      [AGS]: { scope: [], lineitem: `${door.platform.origin}/courses/1/lineitems/9/lineitem` },
    },
  });
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`k${index}`, 'x']));

  refuseEach(door, [
    claim('[80] no message_type', 'message_type', undefined),
    claim('[80] a message_type that is a list', 'message_type', ['LtiResourceLinkRequest']),
    [
      '[81] an unknown message_type',
      400,
      'lti.message-not-offered',
      () => launchClaims({ [`${LTI}message_type`]: 'LtiNobodyKnows' }),
    ],
    claim('[82] no version', 'version', undefined),
    claim('[82] version 1.1', 'version', '1.1'),
    claim('[82] version LTI-1p1', 'version', 'LTI-1p1'),
    claim('[82] version 1.3', 'version', '1.3'),
    claim('[83] no deployment_id', 'deployment_id', undefined),
    claim('[83] an empty deployment_id', 'deployment_id', ''),
    claim('[83] a deployment_id of 256 characters', 'deployment_id', 'x'.repeat(256)),
    claim('[83] a deployment_id that is a number', 'deployment_id', 7),
    claim('[86] no resource_link', 'resource_link', undefined),
    claim('[86] a resource_link without id', 'resource_link', { title: 'x' }),
    claim('[86] a resource_link with an empty id', 'resource_link', { id: '' }),
    claim('[87] no target_link_uri', 'target_link_uri', undefined),
    claim('[89] no roles', 'roles', undefined),
    claim('[89] roles that are a text', 'roles', ROLE_URIS.Instructor),
    claim('[89] roles that are an object', 'roles', { 0: ROLE_URIS.Instructor, length: 1 }),
    claim('[89] roles that hold an object', 'roles', [{ $ne: 1 }]),
    claim('[93] a context.id of 256 characters', 'context', { id: 'x'.repeat(256) }),
    claim('[93] a context.id that is an object', 'context', { id: { $ne: 1 } }),
    claim('[93] a context that is a text', 'context', 'course'),
    claim('[93] a context without id', 'context', { title: 'x' }),
    claim('[94] custom values that are objects', 'custom', { a: {} }),
    claim('[94] custom values that are numbers', 'custom', { a: 1 }),
    claim('[94] custom that is a list', 'custom', ['x']),
    claim('[94] more than 100 custom keys', 'custom', many),
    [
      '[85] lti_deployment_id at login that is not the deployment_id of the token',
      401,
      'lti.token',
      () => launchClaims({ [`${LTI}deployment_id`]: 'deployment-2' }),
    ],
    [
      '[88] a target_link_uri on another origin',
      400,
      'lti.parameter',
      () => launchClaims({ [`${LTI}target_link_uri`]: 'https://evil.example/frameworks' }),
    ],
    [
      '[88] a target_link_uri that differs from the one at login',
      400,
      'lti.parameter',
      () => launchClaims({ [`${LTI}target_link_uri`]: `${door.tool.url}/reports` }),
    ],
    deepLinking('[101] a deep linking request without deep_linking_settings', () => ({
      [`${DL}deep_linking_settings`]: undefined,
    })),
    deepLinking('[101] … without deep_link_return_url', () =>
      settings({ deep_link_return_url: undefined }),
    ),
    deepLinking('[101] … without accept_types', () => settings({ accept_types: undefined })),
    deepLinking('[101] … with accept_types that is a text', () =>
      settings({ accept_types: 'ltiResourceLink' }),
    ),
    ...[
      'javascript:alert(1)',
      'http://lms.example/return',
      'https://10.0.0.1/return',
      'https://me@lms.example/',
      '//lms.example/x',
      '',
    ].map((address) =>
      deepLinking(`[101] … that returns to "${address}"`, () =>
        settings({ deep_link_return_url: address }),
      ),
    ),
    ...[undefined, {}, { user_id: '' }, { user_id: 7 }, 'learner-1'].map((forUser): BadInput => [
      `[100] a submission review whose for_user is ${JSON.stringify(forUser) ?? 'missing'}`,
      400,
      'lti.claim',
      () =>
        launchWith(door, (message) =>
          door.platform.idToken({ ...message, ...review(forUser), role: 'Instructor' }),
        ),
    ]),
    ...(['Learner', 'ContentDeveloper', 'Reviewer', null] as const).map((role): BadInput => [
      `[100] a submission review by ${role ?? 'somebody without a role'}`,
      403,
      'lti.role-review',
      () =>
        launchWith(door, (message) =>
          door.platform.idToken({ ...message, ...review({ user_id: 'learner-1' }), role }),
        ),
    ]),
    [
      '[102] a deep linking request by a learner',
      403,
      'lti.role',
      () =>
        launchWith(door, (message) =>
          door.platform.idToken({
            ...message,
            messageType: 'LtiDeepLinkingRequest',
            role: 'Learner',
          }),
        ),
    ],
  ]);

  it('[84] a deployment that is not approved -> 403, a page that names the administrator, kept as pending only', async () => {
    const before = await countStored();

    const { answer } = await tryLaunch({
      tool: door.tool,
      platform: { ...door.platform, deploymentId: 'new' },
      claims: { [`${LTI}deployment_id`]: 'new' },
    });

    expectRefusal(answer, { status: 403, code: 'lti.deployment-pending' });
    expect(answer.text).to.contain('administrator');
    const pending = (await listDeployments()).filter(({ status }) => status === 'pending');
    expect(pending.map(({ deploymentId }) => deploymentId)).to.deep.equal(['new']);
    expect(await countStored()).to.deep.equal({ ...before, deployments: 2 });
  });

  it('[84] … where new ones are refused -> 403, and nothing is kept; and at most 50 wait', async () => {
    await connectPlatform(door.platform, { unknownDeployments: 'refuse' });
    const before = await countStored();
    const launch = (id: string) =>
      launchWith(
        door,
        (message) => door.platform.idToken({ ...message, claims: { [`${LTI}deployment_id`]: id } }),
        { platform: { ...door.platform, deploymentId: '' } },
      );

    const refused = await launch('new');
    const after = await countStored();
    await connectPlatform(door.platform, { unknownDeployments: 'queue' });
    for (let count = 0; count < 52; count += 1) await launch(`new-${count}`);

    expectRefusal(refused, { status: 403, code: 'lti.deployment-unknown' });
    expect(after).to.deep.equal(before);
    expect(await countStored()).to.deep.include({ deployments: 51 });
  });

  it('[84] a deployment or platform that was paused after the login -> 403', async () => {
    const { platform, deployment } = await connectPlatform(door.platform);
    const begin = () => beginLaunch({ tool: door.tool, platform: door.platform });
    const finish = async (begun: Awaited<ReturnType<typeof begin>>) =>
      postLaunch(begun.agent, {
        id_token: door.platform.idToken(begun.message),
        state: begun.state,
      });
    const [first, second] = [await begin(), await begin()];
    const before = await countStored();

    await setDeploymentStatus({ deployment: deployment._id, status: 'paused' });
    const paused = await finish(first);
    await setDeploymentStatus({ deployment: deployment._id, status: 'approved' });
    await pausePlatform({ platform: platform._id });
    const stopped = await finish(second);

    expectRefusal(paused, { status: 403, code: 'lti.deployment-paused' });
    expectRefusal(stopped, { status: 403, code: 'lti.platform-paused' });
    expect(await countStored()).to.deep.equal(before);
  });

  for (const [title, roleUris] of [
    [
      '[90] institution#Instructor only',
      ['http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor'],
    ],
    [
      '[90] system#Administrator only',
      ['http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator'],
    ],
    ['[91] the role NotInstructor', ['NotInstructor']],
    ['[91] x#Instructor of an unknown vocabulary', ['https://evil.example/roles#Instructor']],
    [
      '[91] the membership URI with something before it',
      ['xhttp://purl.imsglobal.org/vocab/lis/v2/membership#Instructor'],
    ],
    [
      '[91] the membership URI with something after it',
      ['http://purl.imsglobal.org/vocab/lis/v2/membership#InstructorX'],
    ],
    ['[91] a role that is a name of all objects', ['constructor', '__proto__', 'toString']],
    ['[89] no role at all, an empty list', []],
  ] as const)
    it(`${title} -> accepted without rights: 403 on the pages of those who teach or learn`, async () => {
      const { agent, course } = await launchAs({
        tool: door.tool,
        platform: door.platform,
        roleUris: [...roleUris],
      });

      const paths = ['/activities', '/activities/new', '/rules', '/reports', '/admin', '/progress'];
      const statuses = [];
      for (const path of paths) statuses.push((await agent.get(`${path}?course=${course}`)).status);

      expect(statuses).to.deep.equal(paths.map(() => 403));
    });

  it('[92] no context -> accepted, and never a course: 404 or 400 where one is needed', async () => {
    const launch = (user: string) =>
      launchAs({
        tool: door.tool,
        platform: door.platform,
        role: 'Instructor',
        course: null,
        user,
      });
    const [one, two] = [await launch('u1'), await launch('u2')];

    expect([one.path, two.path]).to.deep.equal(
      Array.from({ length: 2 }, () => '/frameworks?course=none'),
    );
    expect(await countRecords()).not.to.have.any.keys('courses', 'memberships');
    for (const path of ['/activities', '/reports', '/rules'])
      expect((await one.agent.get(`${path}?course=none`)).status, path).to.be.within(400, 404);
  });

  it('[96] HTML in name, title and label -> stored as text, escaped on the page', async () => {
    const { agent, course } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
      user: { sub: 'u', name: '<b>Bo</b>' },
      course: { id: 'c', title: '$now <script>alert(1)</script>' },
      resourceLink: { id: 'l', title: '<img src=x onerror=alert(1)>' },
    });

    const page = await agent.get(`/activities?course=${course}`);

    expect(page.status).to.equal(200);
    expect(page.text).to.contain('&lt;b&gt;Bo&lt;/b&gt;');
    expect(page.text).to.contain('&lt;script&gt;alert(1)');
    expect(page.text).not.to.match(/<b>Bo|<script>alert|<img src=x/);
  });

  it('[103] deep linking settings in a resource link message -> ignored: nothing to choose, nothing to answer', async () => {
    const { agent, course, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      role: 'Instructor',
      claims: settings({ deep_link_return_url: 'https://x.example' }),
    });

    expect(path).to.match(/^\/frameworks/);
    expect((await agent.get(`/deep-linking?course=${course}`)).status).to.equal(403);
  });

  it('[104] history ids that name a course of another platform -> no data of it', async () => {
    const other = await startFakePlatform({ clientId: 'client-b', kid: 'platform-b' });
    try {
      await connectPlatform(other);
      const there = await launchAs({
        tool: door.tool,
        platform: other,
        role: 'Instructor',
        course: { id: 'there', title: 'Secret course' },
        resourceLink: { id: 'secret', title: 'Secret link' },
      });
      const { agent, course } = await launchAs({
        tool: door.tool,
        platform: door.platform,
        role: 'Instructor',
        claims: {
          [`${LTI}custom`]: {
            context_id_history: `there,${there.course}`,
            resource_link_id_history: 'secret',
          },
        },
      });

      for (const path of ['/activities', '/alignments', '/frameworks', '/reports'])
        expect((await agent.get(`${path}?course=${course}`)).text, path).not.to.contain('Secret');
      expect((await agent.get(`/activities?course=${there.course}`)).status).to.equal(404);
    } finally {
      await other.close();
    }
  });
});
