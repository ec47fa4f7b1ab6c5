import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { findAlignment } from '../../src/activities/alignment.model.js';
import {
  findShortlist,
  replaceShortlist,
  type ShortlistContent,
} from '../../src/activities/shortlist.model.js';
import { createAgent } from '../support/browser-agent.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { FRAMEWORK } from '../attainment/attainment-world.js';

describe("a course's shortlists", () => {
  let started: AttainmentTool;
  before(async () => (started = await startAttainmentTool()));
  after(() => started.close());

  async function open() {
    const world = await started.open();
    const teacher = await world.launch({
      role: 'Instructor',
      user: { sub: 'teacher', name: 'Ana Ruiz' },
    });
    const [item = ''] = world.items;
    const { course, agent } = teacher;
    const path = `/shortlists/items/${item}`;
    const place = { deployment: world.deployment, course, framework: FRAMEWORK, item };
    return {
      world,
      teacher,
      item,
      path,
      page: `${path}?course=${course}`,
      place,
      itemPage: `/frameworks/${FRAMEWORK}/items/${item}?course=${course}`,
      save: (fields: Record<string, string>, action = `${path}/placings`) =>
        agent.postForm(`${path}?course=${course}`, fields, { action }),
      current: async (): Promise<ShortlistContent | undefined> =>
        (await findShortlist(place)).history.at(-1),
      resource: (index: number) => world.resources[index]?.id ?? '',
      titleOf: (index: number) => world.resources[index]?.title ?? '',
    };
  }
  const learnerOf = (world: OpenTool) => world.launch({ user: 'student' });

  it('are for those who teach or build the course, and change nothing for anybody else', async () => {
    const { world, page, path, place } = await open();
    const learner = await learnerOf(world);
    const assistant = await world.launch({ role: 'TeachingAssistant', user: 'helper' });
    const builder = await world.launch({ role: 'ContentDeveloper', user: 'builder' });
    const address = `/shortlists?course=${place.course}`;

    const seen = await Promise.all(
      [createAgent(started.tool.url), learner.agent, assistant.agent, builder.agent].flatMap(
        (agent) => [agent.get(address), agent.get(page)],
      ),
    );
    const written = await Promise.all([
      createAgent(started.tool.url).post(`${path}/placings`, { revision: '0' }),
      learner.agent.post(`${path}/placings?course=${place.course}`, { revision: '0' }),
    ]);

    expect(seen.map(({ status }) => status)).to.deep.equal([
      401, 401, 403, 403, 403, 403, 200, 200,
    ]);
    expect(written.map(({ status }) => status)).to.deep.equal([401, 403]);
    expect((await findShortlist(place)).revision).to.equal(0);
  });

  it('pins, requires and hides: the student sees pinned first with note and name, and hidden ones nowhere', async () => {
    const { world, save, current, itemPage, resource, titleOf, teacher } = await open();
    const learner = await learnerOf(world);
    const before = await learner.agent.get(itemPage);

    const saved = await save({
      [`placing-${resource(0)}`]: 'hidden',
      [`placing-${resource(1)}`]: 'pinned',
      [`note-${resource(1)}`]: 'Begin <here>.',
      [`placing-${resource(2)}`]: 'required',
    });
    const { text } = await learner.agent.get(itemPage);
    const staff = await teacher.agent.get(itemPage);

    expect(saved.location).to.include('notice=shortlist-saved');
    expect(await current()).to.deep.include({
      pinned: [resource(1)],
      required: [resource(2)],
      hidden: [resource(0)],
    });
    expect(before.text).to.include(titleOf(0));
    expect(text).not.to.include(titleOf(0));
    expect(text).to.match(
      new RegExp(
        `Chosen for this course[\\s\\S]*${titleOf(1)}[\\s\\S]*Pinned\\.[\\s\\S]*Begin &lt;here&gt;\\.[\\s\\S]*added by Ana Ruiz[\\s\\S]*${titleOf(2)}[\\s\\S]*Required in this course`,
      ),
    );
    expect(text.split(`>${titleOf(1)}</a>`)).to.have.length(2);
    expect(staff.text).to.include(titleOf(0)).and.include('Hidden from the students');
  });

  it('takes hidden resources out of the number beside the competency, for students only', async () => {
    const { world, save, resource, teacher } = await open();
    const learner = await learnerOf(world);
    const framework = `/frameworks/${FRAMEWORK}?show=all&course=${teacher.course}`;
    const countIn = (text: string) =>
      /Do the first thing[^(]*\(with care\)\.[\s\S]*?\((\d+)\)/.exec(text)?.[1];
    const before = countIn((await learner.agent.get(framework)).text);

    await save({ [`placing-${resource(0)}`]: 'hidden' });

    expect(before).to.equal(String(world.resources.length));
    expect(countIn((await learner.agent.get(framework)).text)).to.equal(
      String(world.resources.length - 1),
    );
    expect(countIn((await teacher.agent.get(framework)).text)).to.equal(before);
  });

  it('keeps a history, undoes the last change and brings back an earlier one', async () => {
    const { save, current, resource, teacher, page, path } = await open();
    await save({ [`placing-${resource(0)}`]: 'pinned' });
    await save({ [`placing-${resource(0)}`]: 'hidden' });

    const undone = await save({ restore: '1' }, `${path}/revisions`);
    const shown = await teacher.agent.get(page);
    const afterUndo = await current();
    await save({ restore: '0' }, `${path}/revisions`);

    expect(undone.location).to.include('shortlist-saved');
    expect(afterUndo).to.deep.include({ pinned: [resource(0)], hidden: [] });
    expect(shown.text).to.include('History: 3 changes').and.include('by Ana Ruiz');
    expect(await current()).to.deep.include({ pinned: [], hidden: [] });
    expect((await save({ restore: '99' }, `${path}/revisions`)).status).to.equal(404);
  });

  it('says that nothing was changed where nothing was, and writes no revision', async () => {
    const { save, resource, place } = await open();
    await save({ [`placing-${resource(0)}`]: 'pinned' });

    const again = await save({ [`placing-${resource(0)}`]: 'pinned' });

    expect(again.location).to.include('shortlist-unchanged');
    expect((await findShortlist(place)).revision).to.equal(1);
  });

  it('tells of somebody else’s change meanwhile, keeps what was typed, and then saves', async () => {
    const { save, current, resource, place } = await open();
    await replaceShortlist({
      ...place,
      expectedRevision: 0,
      pinned: [],
      required: [],
      hidden: [resource(2)],
      notes: [],
      by: 'somebody',
      now: new Date(),
    });
    const fields = {
      [`placing-${resource(0)}`]: 'pinned',
      [`note-${resource(0)}`]: 'Mine',
      revision: '0',
    };

    const late = await save(fields);
    const { revision, ...rest } = fields;
    const saved = await save(rest);

    expect([late.status, revision]).to.deep.equal([409, '0']);
    expect(late.text).to.include('Somebody else changed').and.include('>Mine</textarea>');
    expect(saved.status).to.equal(303);
    expect(await current()).to.deep.include({ pinned: [resource(0)], hidden: [resource(2)] });
  });

  for (const { title, field, value, says } of [
    {
      title: 'a place that is none',
      field: 'placing',
      value: 'first',
      says: 'Choose one of the five',
    },
    {
      title: 'a note that is too long',
      field: 'note',
      value: 'x'.repeat(501),
      says: 'at most 500',
    },
  ])
    it(`answers 400 to ${title}, at its row, and keeps the rest of what was typed`, async () => {
      const { save, resource, place } = await open();

      const answer = await save({
        [`note-${resource(1)}`]: 'A note of mine',
        [`placing-${resource(1)}`]: 'pinned',
        [`${field}-${resource(0)}`]: value,
      });

      expect(answer.status).to.equal(400);
      expect(answer.text).to.include(says).and.include('>A note of mine</textarea>');
      expect((await findShortlist(place)).revision).to.equal(0);
    });

  it('reads no object that is not the competency’s, whatever the form names', async () => {
    const { save, place } = await open();

    const answer = await save({ 'placing-somewhere-else': 'pinned', 'note-__proto__': 'x' });

    expect(answer.location).to.include('shortlist-unchanged');
    expect((await findShortlist(place)).revision).to.equal(0);
  });

  it('finds no competency of another framework, and no domain', async () => {
    const { world, teacher } = await open();
    const [domain] = world.tree.roots;

    for (const item of ['no-such-item', domain?.identifier ?? ''])
      expect(
        (await teacher.agent.get(`/shortlists/items/${item}?course=${teacher.course}`)).status,
      ).to.equal(404);
  });

  it('adds a link of the course: an activity, aligned and pinned with its note, once however often it is sent', async () => {
    const { world, save, current, path, place, item, itemPage } = await open();
    const link = { title: 'Our own page', address: 'https://school.example/page', note: 'Ours.' };

    const added = await save(link, `${path}/links`);
    const again = await save(link, `${path}/links`);

    const activities = await listActivities(place);
    const [activity] = activities;
    expect([added.status, again.location]).to.satisfy(
      ([status, location]: [number, string]) => status === 303 && location.includes('unchanged'),
    );
    expect(activities.map(({ title, source }) => [title, source])).to.deep.equal([
      ['Our own page', 'shortlist'],
    ]);
    const aligned = await findAlignment({ ...place, activity: activity?.id ?? '' });
    expect(aligned.current).to.deep.equal([{ framework: FRAMEWORK, item, stage: 'introduced' }]);
    expect((await current())?.pinned).to.deep.equal([activity?.id]);
    const { text } = await (await learnerOf(world)).agent.get(itemPage);
    expect(text).to.match(
      /Chosen for this course[\s\S]*Our own page[\s\S]*Ours\.[\s\S]*Mark as done/i,
    );
  });

  for (const { title, link, says } of [
    { title: 'without a title', link: { title: ' ' }, says: 'Give a title' },
    { title: 'that runs a script', link: { address: 'javascript:alert(1)' }, says: 'web address' },
    { title: 'that is no address', link: { address: 'school page' }, says: 'web address' },
    { title: 'with a note too long', link: { note: 'x'.repeat(501) }, says: 'at most 500' },
  ])
    it(`answers 400 to a link ${title}, and keeps what was typed`, async () => {
      const { save, path, place } = await open();
      const typed = { title: 'A page', address: 'https://school.example/', note: 'Mine.' };

      const answer = await save({ ...typed, ...link }, `${path}/links`);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.include(says);
      for (const [name, text] of Object.entries({ ...typed, ...link }))
        if (text.trim() !== '' && text.length < 400) expect(answer.text, name).to.include(text);
      expect(await listActivities(place)).to.deep.equal([]);
    });

  it('are listed for the course, and another course has its own', async () => {
    const { world, save, resource, teacher } = await open();
    await save({ [`placing-${resource(0)}`]: 'pinned', [`placing-${resource(1)}`]: 'hidden' });

    const here = await teacher.agent.get(`/shortlists?course=${teacher.course}`);
    const other = await world.launch({ role: 'Instructor', user: 'teacher', course: 'HIM202' });
    const there = await other.agent.get(`/shortlists?course=${other.course}`);

    expect(here.text).to.include('1 competency has a shortlist').and.include('1 pinned, 1 hidden');
    expect(there.text).to.include('No competency has a shortlist yet');
  });
});
