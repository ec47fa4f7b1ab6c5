import { expect } from 'chai';
import { readScaleForm, ScaleInput } from '../../src/admin/rating-scale-form.js';
import { frameworkSettingsRoutes } from '../../src/admin/framework-settings.routes.js';
import {
  findFrameworkSetting,
  readRatingScale,
} from '../../src/activities/framework-setting.model.js';
import type { Activity } from '../../src/activities/activity.model.js';
import { mapRoutes } from '../../src/activities/map.routes.js';
import { listEvidence } from '../../src/attainment/evidence.model.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { align, createActivity, FRAMEWORK, minute } from '../attainment/attainment-world.js';
import { readForms, type BrowserAgent } from '../support/browser-agent.js';

const SCALE = {
  'label.0': 'Beginning',
  'points.0': '1',
  'label.1': 'Meets',
  'points.1': '3',
  'label.2': 'Exceeds',
  'points.2': '4',
  meets: '1',
};

describe('what a deployment sets for a framework', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let course: string;
  let user: string;
  let quiz: Activity;
  let admin: BrowserAgent;
  let teacher: BrowserAgent;

  before(async () => {
    started = await startAttainmentTool({
      more: (deps) => [
        frameworkSettingsRoutes(deps),
        mapRoutes({ ...deps, countEvidence: () => Promise.resolve(new Map()) }),
      ],
    });
  });
  beforeEach(async () => {
    world = await started.open();
    ({ course } = await world.launch());
    teacher = (await world.launch({ role: 'Instructor', user: { sub: 'ida' } })).agent;
    admin = (await world.launch({ role: 'Administrator', user: { sub: 'ada' } })).agent;
    const { issuer, clientId } = started.platform;
    user = userRecordId({ platform: platformRecordId({ issuer, clientId }), sub: 'user-1' });
    quiz = await createActivity({ deployment: world.deployment, course });
    await align(quiz, world.items.slice(0, 1), { at: minute(1) });
  });
  after(() => started.close());

  const path = (framework = FRAMEWORK) =>
    `/admin/deployments/${world.deployment}/frameworks/${framework}?course=${course}`;
  const save = (fields: Record<string, string>, framework = FRAMEWORK) =>
    admin.postForm(path(framework), fields, { action: '/scale' });
  const grid = () => `/activities/${quiz.id}/ratings?course=${course}`;
  const rate = (level: string) =>
    teacher.postForm(
      grid(),
      { [`rate.${user}.${world.items[0] ?? ''}`]: level },
      { action: '/ratings' },
    );
  const standing = async () => {
    await world.project();
    const all = await listEvidence({ deployment: world.deployment, users: [user] });
    return all
      .filter(({ withdrawn }) => withdrawn === null)
      .map(({ score, success }) => ({ score, success }));
  };
  const place = () => ({ deployment: world.deployment, framework: FRAMEWORK });

  it('is the scale of its ratings: words, points and the level that meets it', async () => {
    const answer = await save(SCALE);
    expect(answer.location).to.contain('notice=saved');

    expect((await teacher.get(grid())).text)
      .to.contain('<strong>2</strong> Meets · 75')
      .and.not.to.contain('proficient');
    await rate('meets');

    expect(await standing()).to.deep.equal([{ score: 0.75, success: true }]);
    const why = `/class/learners/${user}/items/${world.items[0] ?? ''}?course=${course}`;
    expect((await teacher.get(why)).text).to.contain('Coding quiz: Meets, by');
    const learner = (await world.launch()).agent;
    expect((await learner.get(`/progress/evidence?course=${course}`)).text).to.contain('Meets');
  });

  it('counts a level below as not passed', async () => {
    await save(SCALE);
    await rate('1');

    expect(await standing()).to.deep.equal([{ score: 0.25, success: false }]);
  });

  it('holds for all frameworks where it is set for all, and a framework’s own goes before', async () => {
    await save({ ...SCALE, 'label.1': 'Good enough' }, 'default');
    expect((await readRatingScale(place())).levels.map(({ label }) => label)).to.include(
      'Good enough',
    );

    await save(SCALE);
    expect((await readRatingScale(place())).levels[1]?.label).to.equal('Meets');
    await save({ lift: '1' });
    expect((await readRatingScale(place())).levels[1]?.label).to.equal('Good enough');
    await save({ lift: '1' }, 'default');
    expect((await readRatingScale(place())).levels).to.have.length(4);
  });

  it('leaves ratings that were given their words and their worth, also where the grid is saved again', async () => {
    await rate('3');
    await save(SCALE);

    const { text } = await teacher.get(grid());
    expect(text).to.contain('proficient');
    const again = await teacher.postForm(grid(), {}, { action: '/ratings' });
    expect(again.location).to.contain('ratings-unchanged');
    expect(await standing()).to.deep.equal([{ score: 0.75, success: true }]);
    await rate('1');
    expect(await standing()).to.deep.equal([{ score: 0.25, success: false }]);
  });

  it('keeps a level that did not change the same level, in a new revision', async () => {
    await save(SCALE);
    await save({ ...SCALE, 'label.2': 'Outstanding' });

    const { history } = await findFrameworkSetting(place());
    const [one, other] = history.map(({ levels }) => (levels ?? []).map(({ id }) => id));
    expect(history).to.have.length(2);
    expect(other?.slice(0, 2)).to.deep.equal(one?.slice(0, 2));
    expect(other?.[2]).not.to.equal(one?.[2]);
  });

  it('is not overwritten by whoever looked at an older one', async () => {
    const [form] = readForms((await admin.get(path())).text).filter(({ action }) =>
      action.endsWith('/scale'),
    );
    await save(SCALE);

    const late = await admin.post(form?.action ?? '', {
      ...form?.fields,
      ...SCALE,
      'label.1': 'Mine',
    });

    expect(late.status).to.equal(409);
    expect(late.text).to.contain('Somebody else changed this scale').and.to.contain('value="Mine"');
  });

  for (const { title, fields, says } of [
    {
      title: 'has one level',
      fields: { 'label.0': 'Only', 'points.0': '1' },
      says: 'at least two',
    },
    {
      title: 'has no points',
      fields: { ...SCALE, 'points.1': 'many' },
      says: 'Points are a number',
    },
    { title: 'goes down', fields: { ...SCALE, 'points.1': '0' }, says: 'lowest first' },
    { title: 'has two of one name', fields: { ...SCALE, 'label.2': 'meets' }, says: 'these words' },
    {
      title: 'is met by everything',
      fields: { ...SCALE, meets: '0' },
      says: 'cannot be the first',
    },
    { title: 'is met by nothing', fields: { ...SCALE, meets: '7' }, says: 'cannot be the first' },
    {
      title: 'names a level by a number',
      fields: { ...SCALE, 'label.1': '3' },
      says: 'number alone',
    },
  ])
    it(`is refused where it ${title}, with what was typed`, async () => {
      const answer = await save(fields);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.contain(says);
      const form = readForms(answer.text).find(({ action }) => action.endsWith('/scale'));
      expect(form?.fields['label.0']).to.equal(fields['label.0']);
      expect((await findFrameworkSetting(place())).revision).to.equal(0);
    });

  it('shows a level’s words as text, never as markup', async () => {
    await save({ ...SCALE, 'label.1': '<b>Meets</b>' });

    expect((await teacher.get(grid())).text).not.to.contain('<b>Meets');
  });

  it('is a framework’s own words for stages, which go before those of the deployment', async () => {
    await admin.postForm(path(), { introduced: 'Exposure' }, { action: '/stage-labels' });

    expect((await teacher.get(`/map?course=${course}`)).text).to.contain('Exposure');
    expect((await teacher.get(`/activities/${quiz.id}?course=${course}`)).text).to.contain(
      'Exposure',
    );
    const same = { introduced: 'Seen', mastered: 'seen' };
    const refused = await admin.postForm(path(), same, { action: '/stage-labels' });
    expect(refused.status).to.equal(400);
    expect(refused.text).to.contain('Another stage has this word already');
  });

  it('is the administrator’s to set, in their own deployment, for frameworks it sees', async () => {
    expect((await teacher.get(path())).status).to.equal(403);
    expect((await admin.get(path('no-such-framework'))).status).to.equal(404);
    const elsewhere = path().replace(world.deployment, 'another');
    expect((await admin.get(elsewhere)).status).to.equal(404);
    expect((await admin.get(path('default'))).text).to.contain('for all frameworks');
  });
});

describe('readScaleForm', () => {
  it('reads decimal commas and passes over empty rows', () => {
    const form = ScaleInput.parse({
      revision: '0',
      meets: '3',
      'label.0': 'Low',
      'points.0': '0,5',
      'label.3': 'High',
      'points.3': '1.5',
    });

    const read = readScaleForm({ form, before: [], newId: (index) => `l${index}` });

    expect(read).to.deep.equal({
      levels: [
        { id: 'l0', label: 'Low', points: 0.5 },
        { id: 'l3', label: 'High', points: 1.5 },
      ],
      meets: 'l3',
    });
  });
});
