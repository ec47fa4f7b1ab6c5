import jwt from 'jsonwebtoken';
import { expect } from 'chai';
import { createAgent, readForms, type Answer } from '../support/browser-agent.js';
import { DL, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { launchAs, tryLaunch, type LaunchAs, type Launched } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';
import { listServingResources } from '../../src/library/learning-resource.model.js';
import { aResource, importSmall, VIEWER } from '../library/small-library.js';
import {
  courseRouters,
  createCourseWorld,
  createLesson,
  STAFF,
  type CourseWorld,
} from './course-world.js';

describe('choosing what to place in a course', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let world: CourseWorld;

  before(async () => {
    fake = await startFakePlatform();
    tool = await startTool({ routes: (services) => courseRouters(services) });
  });
  beforeEach(async () => {
    world = await createCourseWorld({ tool, fake });
  });
  after(async () => {
    await Promise.all([tool.close(), fake.close()]);
  });

  const choose = (role: LaunchAs['role'] = 'Instructor', settings?: object): Promise<Launched> =>
    world.open(role, {
      messageType: 'LtiDeepLinkingRequest',
      ...(settings === undefined
        ? {}
        : {
            claims: {
              [`${DL}deep_linking_settings`]: {
                deep_link_return_url: `${fake.origin}/return`,
                accept_types: ['ltiResourceLink'],
                accept_multiple: true,
                accept_lineitem: true,
                ...settings,
              },
            },
          }),
    });
  const place = (launched: Launched, fields: Record<string, string | string[]>): Promise<Answer> =>
    launched.agent.postForm(launched.path, fields, { action: '/deep-linking/answers' });
  const itemAt = (index: number) => `item:${world.items[index] ?? ''}`;

  it('asks whoever has no launch to open the course', async () => {
    const answer = await createAgent(tool.url).get(`/deep-linking?course=${world.course}`);

    expect(answer.status).to.equal(401);
  });

  it('is closed without a request of the platform, and to another course', async () => {
    const ordinary = await world.open('Instructor');
    const asked = await choose();

    const statuses = [
      (await ordinary.agent.get(`/deep-linking?course=${world.course}`)).status,
      (await asked.agent.get('/deep-linking?course=another')).status,
    ];

    expect(statuses).to.deep.equal([403, 404]);
  });

  for (const role of ['Learner', 'Reviewer'] as const)
    it(`is refused to the role ${role} at the door`, async () => {
      const { answer } = await tryLaunch({
        tool,
        platform: fake,
        role,
        messageType: 'LtiDeepLinkingRequest',
      });

      expect(answer.status).to.equal(403);
    });

  for (const role of STAFF)
    it(`offers competencies, subdomains and lessons to the role ${role}`, async () => {
      await createLesson(tool.url);
      const { agent, path } = await choose(role);

      const { status, text } = await agent.get(path);

      expect(status).to.equal(200);
      expect(text).to.contain('Do the third thing.').and.to.contain('Subdomain A');
      expect(text).to.contain('Privacy in short').and.to.contain('type="checkbox"');
    });

  it('places competencies, a subdomain and a lesson, the lesson with a gradebook column', async () => {
    const lesson = await createLesson(tool.url);
    const subdomain = world.tree.items.get(world.items[0] ?? '')?.parent ?? '';

    const answer = await place(await choose(), {
      choice: [itemAt(2), `item:${subdomain}`, `lesson:${lesson}`],
      columns: '1',
    });

    const frameworkPage = `${tool.url}/frameworks/small/items`;
    expect(answer.status).to.equal(200);
    const { items, message } = readAnswer(answer);
    expect(message).to.equal('3 links placed by Crosswalk.');
    const shared = {
      type: 'ltiResourceLink',
      icon: { url: `${tool.url}/lti/icon.svg`, width: 128, height: 128 },
      custom: {
        context_id_history: '$Context.id.history',
        resource_link_id_history: '$ResourceLink.id.history',
      },
    };
    expect(items).to.deep.equal([
      {
        ...shared,
        url: `${frameworkPage}/${world.items[2] ?? ''}`,
        title: 'Do the third thing.',
      },
      { ...shared, url: `${frameworkPage}/${subdomain}`, title: 'Subdomain A' },
      {
        ...shared,
        url: `${tool.url}/activities?lesson=${lesson}`,
        title: 'Privacy in short',
        text: 'What privacy means.',
        lineItem: {
          label: 'Privacy in short',
          scoreMaximum: 100,
          resourceId: `lesson:${lesson}`,
          tag: 'lesson',
        },
      },
    ]);
  });

  it('keeps the framework folded up by domain, each subdomain to be taken whole', async () => {
    const { agent, path } = await choose();

    const { text } = await agent.get(path);

    expect(text).to.match(/<details[^>]*>\s*<summary>Domain/);
    expect(text).to.contain('The whole subdomain, as one link');
  });

  it('finds other resources of the library by their words, and places one', async () => {
    await createLesson(tool.url);
    const resource = await createHandbook();
    const launched = await choose();

    const found = await place(launched, { find: '1', q: 'handbook' });
    const answer = await place(launched, { choice: `resource:${resource}` });

    expect(found.text).to.contain('The handbook').and.not.to.contain('Privacy in short');
    expect(readAnswer(answer).items[0]).to.include({
      url: `${tool.url}/resources/${resource}`,
      title: 'The handbook',
    });
  });

  it('gives the links the dates that were typed, in the zone the browser told of or else in UTC', async () => {
    const answer = await place(await choose(), {
      choice: itemAt(0),
      from: '2027-01-11T08:00',
      fromUtc: '2027-01-11T13:00:00.000Z',
      until: '2027-05-01T00:00',
      due: '2027-03-01T23:59',
    });

    expect(readAnswer(answer).items[0]).to.deep.include({
      available: {
        startDateTime: '2027-01-11T13:00:00.000Z',
        endDateTime: '2027-05-01T00:00:00.000Z',
      },
      submission: { endDateTime: '2027-03-01T23:59:00.000Z' },
    });
  });

  for (const { title, dates, says } of [
    { title: 'no date', dates: { from: 'tomorrow' }, says: 'could not be read' },
    {
      title: 'an end before the beginning',
      dates: { from: '2027-02-01T00:00', until: '2027-01-01T00:00' },
      says: 'before they open',
    },
    {
      title: 'a due date before the beginning',
      dates: { from: '2027-02-01T00:00', due: '2027-01-01T00:00' },
      says: 'before they open',
    },
    {
      title: 'a hidden value that is no date',
      dates: { due: '2027-02-01T00:00', dueUtc: '"><script>' },
      says: 'could not be read',
    },
  ])
    it(`names ${title}, and keeps what was chosen and typed`, async () => {
      const launched = await choose();

      const answer = await place(launched, { choice: itemAt(0), ...dates });

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain(says);
      const form = readForms(answer.text).find(({ action }) => action === '/deep-linking/answers');
      expect(form?.fields['choice']).to.equal(itemAt(0));
      for (const [name, value] of Object.entries(dates))
        if (!name.endsWith('Utc')) expect(form?.fields[name]).to.equal(value);
      expect((await place(launched, { choice: itemAt(0) })).status).to.equal(200);
    });

  it('places links that launch where they say', async () => {
    const lesson = await createLesson(tool.url);
    const answer = await place(await choose(), { choice: [`lesson:${lesson}`] });
    const [item] = readAnswer(answer).items;

    const launched = await launchAs({
      tool,
      platform: fake,
      role: 'Learner',
      target: String(item?.['url']).slice(tool.url.length),
      resourceLink: 'link-31',
    });

    const page = await launched.agent.follow(launched.path);
    expect(page.text).to.contain('<h1>link-31</h1>').and.to.contain('Keep it private.');
  });

  it('asks for no gradebook column where the platform takes none', async () => {
    const lesson = await createLesson(tool.url);
    const launched = await choose('Instructor', { accept_lineitem: false });
    const { text } = await launched.agent.get(launched.path);

    const answer = await place(launched, { choice: `lesson:${lesson}`, columns: '1' });

    expect(text).not.to.contain('name="columns"');
    expect(readAnswer(answer).items[0]).not.to.have.property('lineItem');
  });

  it('lets one be chosen where the platform takes one, and refuses several', async () => {
    const launched = await choose('Instructor', { accept_multiple: false });
    const { text } = await launched.agent.get(launched.path);

    const refused = await place(launched, { choice: [itemAt(0), itemAt(1)] });
    const taken = await place(launched, { choice: itemAt(0) });

    expect(text).to.contain('type="radio"').and.not.to.contain('type="checkbox"');
    expect(refused.status).to.equal(422);
    expect(readAnswer(taken).items).to.have.length(1);
  });

  it('says so and offers only the way back where the platform takes no links', async () => {
    const { agent, path } = await choose('Instructor', { accept_types: ['file'] });

    const { text } = await agent.get(path);

    expect(text).to.contain('does not take links of this kind');
    expect(text).not.to.contain('name="choice"');
    expect(text).to.contain('name="cancel"');
  });

  it('searches without losing what is chosen, and answers nothing yet', async () => {
    const launched = await choose();

    const answer = await place(launched, { find: '1', q: 'fourth', choice: itemAt(0) });

    expect(answer.text).to.contain('Do the fourth thing.');
    expect(answer.text).not.to.contain('Do the second thing');
    const form = readForms(answer.text).find(({ action }) => action === '/deep-linking/answers');
    expect(form?.fields['choice']).to.equal(itemAt(0));
    expect((await place(launched, { choice: itemAt(0) })).status).to.equal(200);
  });

  for (const [title, fields] of [
    ['nothing was chosen', {}],
    ['the choice was called off', { cancel: '1', choice: 'item:whatever' }],
  ] as const)
    it(`goes back with a message and no link where ${title}`, async () => {
      const answer = await place(await choose(), fields);

      expect(readAnswer(answer)).to.deep.equal({ items: [], message: 'Nothing was placed.' });
    });

  describe('aligning what is placed', () => {
    it('offers the competencies that each thing serves as chosen, and keeps what was filled in', async () => {
      const lesson = await createLesson(tool.url);

      const { status, text } = await place(await choose(), {
        align: '1',
        choice: [`lesson:${lesson}`, itemAt(3)],
        columns: '1',
        due: '2027-03-01T23:59',
      });

      expect(status).to.equal(200);
      const form = readForms(text).find(({ action }) => action === '/deep-linking/answers');
      expect(form?.fields).to.deep.include({
        choice: [`lesson:${lesson}`, itemAt(3)],
        [`item-lesson:${lesson}`]: world.items[0],
        columns: '1',
        due: '2027-03-01T23:59',
      });
    });

    it('lets the first launch of the lesson find it aligned, and never aligns it again', async () => {
      const lesson = await createLesson(tool.url);
      const value = `lesson:${lesson}`;
      const item = world.items[0] ?? '';
      const answer = await place(await choose(), {
        choice: value,
        aligned: '1',
        [`item-${value}`]: [item, world.items[3] ?? ''],
        [`stage-${value}-${item}`]: 'reinforced',
      });
      const target = String(readAnswer(answer).items[0]?.['url']).slice(tool.url.length);

      const activity = await launchFirst(target);
      const first = await world.alignedTo(activity);
      const { agent } = await world.open('Instructor');
      await agent.postForm(
        `/alignments?course=${world.course}&activity=${activity}`,
        { item: [] },
        { action: '/alignments' },
      );
      await launchFirst(target);

      expect(target).to.match(new RegExp(`^/activities\\?lesson=${lesson}&placed=`));
      expect(first).to.deep.equal([{ framework: 'small', item, stage: 'reinforced' }]);
      expect(await world.alignedTo(activity)).to.deep.equal([]);
    });

    it('makes an aligned resource an activity that leads to it', async () => {
      const resource = await createHandbook();
      const value = `resource:${resource}`;
      const answer = await place(await choose(), {
        choice: value,
        aligned: '1',
        [`item-${value}`]: world.items[0] ?? '',
      });
      const target = String(readAnswer(answer).items[0]?.['url']).slice(tool.url.length);

      const activity = await launchFirst(target);

      expect((await world.alignedTo(activity)).map(({ item }) => item)).to.deep.equal([
        world.items[0],
      ]);
      const { agent } = await world.open('Learner');
      const { text } = await agent.get(`/activities/${activity}?course=${world.course}`);
      expect(text).to.contain('Open the activity');
    });

    it('aligns nothing in another course that opens the same link', async () => {
      const lesson = await createLesson(tool.url);
      const value = `lesson:${lesson}`;
      const answer = await place(await choose(), {
        choice: value,
        aligned: '1',
        [`item-${value}`]: world.items[0] ?? '',
      });
      const target = String(readAnswer(answer).items[0]?.['url']).slice(tool.url.length);

      const launched = await world.open('Learner', {
        course: 'course-2',
        target,
        resourceLink: 'link-31',
      });
      const page = await launched.agent.follow(launched.path);

      expect(page.text).to.contain('counts for no competency yet');
    });

    async function launchFirst(target: string): Promise<string> {
      const launched = await world.open('Learner', { target, resourceLink: 'link-31' });
      const { location } = await launched.agent.get(launched.path);
      return /activities\/([^?]+)/.exec(location)?.[1] ?? '';
    }
  });

  it('refuses a choice that is not offered, and can still be answered', async () => {
    const launched = await choose();

    const refused = await place(launched, { choice: [itemAt(0), 'lesson:of-somebody-else'] });
    const taken = await place(launched, { choice: itemAt(0) });

    expect(refused.status).to.equal(404);
    expect(refused.text).to.contain('choice');
    expect(taken.status).to.equal(200);
  });
});

/** A resource that the learner marks as done. */
async function createHandbook(): Promise<string> {
  await importSmall([aResource({ title: 'The handbook' })]);
  const serving = await listServingResources({ framework: 'small', viewer: VIEWER });
  return serving.find(({ title }) => title === 'The handbook')?.id ?? '';
}

/** The signed message on the way back to the platform; its signature is tested with the door. */
function readAnswer(answer: Answer): { items: Record<string, unknown>[]; message: unknown } {
  const form = readForms(answer.text).find(({ fields }) => 'JWT' in fields);
  const claims = jwt.decode(String(form?.fields['JWT'])) as Record<string, unknown>;
  return {
    items: (claims[`${DL}content_items`] ?? []) as Record<string, unknown>[],
    message: claims[`${DL}msg`],
  };
}
