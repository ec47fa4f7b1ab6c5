import { expect } from 'chai';
import { findRuleInForce } from '../../src/attainment/completion-rule.js';
import { listRuleHistories } from '../../src/attainment/completion-rule.model.js';
import { createOperatorLink } from '../../src/lti/create-operator-link.js';
import { changeDeployment, listDeployments } from '../../src/lti/deployment.model.js';
import { testDatabase } from '../support/engine.js';
import { createAgent, type BrowserAgent } from '../support/browser-agent.js';
import type { Launched } from '../support/launch-as.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { align, createActivity, FRAMEWORK } from './attainment-world.js';

const FRAMEWORK_RULES = `/rules/frameworks/${FRAMEWORK}`;

describe('completion rules', () => {
  let started: AttainmentTool;
  before(async () => (started = await startAttainmentTool()));
  after(() => started.close());

  describe('/rules', () => {
    it('is for instructors', async () => {
      const { launch, items } = await started.open();
      const learner = await launch();
      const assistant = await launch({ role: 'TeachingAssistant', user: 'helper' });
      const path = `/rules/items/${items[0] ?? ''}`;

      const seen = await statuses([
        createAgent(started.tool.url).get('/rules'),
        learner.agent.get(`/rules?course=${learner.course}`),
        assistant.agent.get(`/rules?course=${assistant.course}`),
        createAgent(started.tool.url).get(path),
        learner.agent.get(`${path}?course=${learner.course}`),
        assistant.agent.get(`${path}?course=${assistant.course}`),
      ]);
      const instructor = await launch({ role: 'Instructor', user: 'teacher' });
      const changed = await statuses([
        createAgent(started.tool.url).post('/rules', { amount: '1', revision: '0' }),
        instructor.agent.post(`/rules?course=${instructor.course}`, { amount: '1', revision: '0' }),
      ]);

      expect(seen).to.deep.equal([401, 403, 403, 401, 403, 403]);
      expect(changed).to.deep.equal([401, 403]);
      expect(await testDatabase().collection('completionRules').countDocuments()).to.equal(0);
    });

    it('is for teaching assistants where the deployment says so', async () => {
      const world = await started.open();
      const assistant = await world.launch({ role: 'TeachingAssistant', user: 'helper' });
      const page = `/rules?course=${assistant.course}`;
      const [deployment] = await listDeployments();
      const before = await assistant.agent.get(page);

      await changeDeployment({
        deployment: deployment?._id ?? '',
        change: { assistantsMayChangeRules: true },
      });
      const saved = await assistant.agent.postForm(page, anyOne, { action: '/rules' });

      expect(before.status).to.equal(403);
      expect(saved.location).to.include('notice=rule-saved');
    });

    it('sets the course’s rule, which decides the course and not the framework, and keeps the earlier ones', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await markDone(world, learner);
      await world.project();
      const { agent, page } = await instructorOf(world);

      const saved = await agent.postForm(page('/rules'), anyOne, { action: '/rules' });
      await agent.postForm(
        page('/rules'),
        { required: 'percent', amount: '50', assessed: '0' },
        { action: '/rules' },
      );
      await agent.postForm(page('/rules'), anyOne, { action: '/rules' });
      await world.project();

      expect(saved.location).to.include('notice=rule-saved');
      const { text } = await agent.get(page('/rules'));
      expect(text).to.include('Any 1 of what counts').and.include('this course’s rule');
      expect(text).to.match(/Rules so far[\s\S]*Any 1[\s\S]*50 % of what counts[\s\S]*Any 1/);
      const item = await learner.agent.get(
        `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}?course=${learner.course}`,
      );
      expect(item.text).to.match(/In this course<\/dt>\s*<dd><p class="status status-achieved">/);
      expect(item.text).to.match(
        /In the whole framework<\/dt>\s*<dd><p class="status status-progress">/,
      );
    });

    for (const { title, fields, says } of [
      { title: 'a number of nought', fields: { amount: '0' }, says: 'from 1 to 100' },
      { title: 'no number at all', fields: { amount: 'some' }, says: 'from 1 to 100' },
      { title: 'half a score', fields: { assessed: '0.5' }, says: 'from 0 to 100' },
      {
        title: 'more scores than are needed',
        fields: { amount: '2', assessed: '3' },
        says: 'more than are needed',
      },
      { title: 'another kind', fields: { required: 'most' }, says: 'Choose one of them' },
    ])
      it(`answers 400 to ${title}, at its field, and keeps what was typed`, async () => {
        const { agent, page } = await instructorOf(await started.open());
        const typed = { required: 'number', amount: '7', assessed: '1', ...fields };

        const answer = await agent.postForm(page('/rules'), typed, { action: '/rules' });

        expect(answer.status).to.equal(400);
        expect(answer.text).to.include(says).and.include(`value="${typed.amount}"`);
        expect(answer.text).to.include(
          `name="assessed" type="number" min="0" max="100" value="${typed.assessed}"`,
        );
        expect((await agent.get(page('/rules'))).text).to.include('the published default');
      });

    it('does not overwrite what somebody else saved, but keeps what was typed and offers it again', async () => {
      const { agent, page } = await instructorOf(await started.open());
      await agent.postForm(page('/rules'), { amount: '3' }, { action: '/rules' });

      const stale = await agent.postForm(
        page('/rules'),
        { amount: '4', revision: '0' },
        { action: '/rules' },
      );

      expect(stale.status).to.equal(409);
      expect(stale.text)
        .to.include('Somebody else saved')
        .and.include('Any 3')
        .and.include('value="4"');
      expect(stale.text).to.include('name="revision" value="1"');
    });

    it('takes a threshold, the latest score, a mastery method and the worth of a word, and says so', async () => {
      const { agent, page } = await instructorOf(await started.open());

      await agent.postForm(page('/rules'), scores, { action: '/rules' });

      const stored = await testDatabase().collection('completionRules').findOne({});
      expect(stored?.['history'][0].rule).to.deep.equal({
        required: { kind: 'number', n: 1 },
        assessed: 0,
        attested: 'assessed',
        keep: 'latest',
        passPercent: 80,
        mastery: { method: { name: 'decaying-average', percent: 60 }, thresholdPercent: 70 },
      });
      expect((await agent.get(page('/rules'))).text).to.include(
        'Any 1 of what counts, with a decaying average of at least 70 %, in which each newer score weighs 60 %, a score counts as passed from 80 %, the latest score of each counts, a named person’s word counts as one with a score',
      );
    });

    for (const { fields, says } of [
      { fields: { pass: '101' }, says: 'or leave it empty' },
      { fields: { method: 'mode' }, says: 'Choose one from the list' },
      { fields: { threshold: 'much' }, says: 'from 1 to 100' },
      { fields: { weight: '100' }, says: 'from 1 to 99' },
    ])
      it(`answers 400 to a fault in ${Object.keys(fields).join()}, and keeps what was typed`, async () => {
        const { agent, page } = await instructorOf(await started.open());

        const answer = await agent.postForm(
          page('/rules'),
          { ...scores, ...fields },
          { action: '/rules' },
        );

        expect(answer.status).to.equal(400);
        expect(answer.text).to.include(says).and.include('<details class="disclosure" open>');
        expect(await testDatabase().collection('completionRules').countDocuments()).to.equal(0);
      });

    it('tries a rule: says who would change and why, keeps what was typed, and saves nothing', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await markDone(world, learner);
      await world.project();
      const { agent, page } = await instructorOf(world);

      const tried = await agent.postForm(
        page('/rules'),
        { ...anyOne, try: '1' },
        { action: '/rules' },
      );
      const same = await agent.postForm(
        page('/rules'),
        { required: 'all', try: '1' },
        { action: '/rules' },
      );

      expect(tried.status).to.equal(200);
      expect(tried.text)
        .to.include('Of 1 people with evidence 1 answers would change; 1 of them become achieved')
        .and.include('Do the first thing')
        .and.match(/1 of 2 done[^<]*<\/td>\s*<td[^>]*>Achieved/)
        .and.include('Nothing is saved yet')
        .and.include('the published default');
      expect(tried.text).to.match(/id="amount"[^>]*value="1"/);
      expect(same.text).to.include('nobody’s status would change');
      expect(await testDatabase().collection('completionRules').countDocuments()).to.equal(0);
    });

    it('goes back to the published default', async () => {
      const { agent, page } = await instructorOf(await started.open());
      await agent.postForm(page('/rules'), { required: 'all' }, { action: '/rules' });

      await agent.postForm(page('/rules'), { lift: '1' }, { action: '/rules' });

      const { text } = await agent.get(page('/rules'));
      expect(text).to.include('Any 2 of what counts, at least 1 of them with a score');
      expect(text).to.include('the published default').and.include('The wider rule');
    });
  });

  describe('/rules/items/:item', () => {
    it('is reached from the competency by instructors, and says what the rule means there', async () => {
      const world = await started.open();
      const { agent, course, page } = await instructorOf(world);
      const learner = await world.launch();
      const item = `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}`;
      const activity = await createActivity({
        deployment: world.deployment,
        course,
        assessed: true,
      });
      await align(activity, [world.items[0] ?? ''], { at: new Date() });
      const rule = `/rules/items/${world.items[0] ?? ''}`;

      const seen = await agent.get(page(item));
      const asLearner = await learner.agent.get(`${item}?course=${learner.course}`);
      const { text } = await agent.get(page(rule));

      expect(seen.text).to.include(`href="${rule}?course`);
      expect(asLearner.text).to.not.include('/rules/items/');
      expect(text)
        .to.include('Do the first thing (with care).')
        .and.include('As things are, that is 2 of 4, at least 1 of them with a score.');
      const other = await agent.get(page(`/rules/items/${world.items[1] ?? ''}`));
      expect(other.text).to.match(/that is 2 of \d\. No score is asked for/);
    });

    it('goes before the course’s rule, is listed there, and leaves other competencies alone', async () => {
      const world = await started.open();
      const { agent, course, page } = await instructorOf(world);
      const [first = '', second = ''] = world.items;
      const rule = `/rules/items/${first}`;

      const saved = await agent.postForm(page(rule), anyOne, { action: rule });

      expect(saved.location).to.match(new RegExp(`^${rule}\\?course=${course}&notice=rule-saved$`));
      expect((await agent.get(page(rule))).text).to.include(
        'this course’s rule for this competency',
      );
      expect((await agent.get(page('/rules'))).text).to.match(
        /Rules of their own[\s\S]*Do the first thing \(with care\)\.<\/a>: Any 1 of what counts/,
      );
      const histories = await listRuleHistories({
        deployment: world.deployment,
        framework: FRAMEWORK,
      });
      const sourceOf = (item: string) =>
        findRuleInForce({ histories, framework: FRAMEWORK, item, course, at: new Date() }).source;
      expect([sourceOf(first), sourceOf(second)]).to.deep.equal(['course-item', 'default']);
    });

    it('is not there for what is no competency of the course’s framework', async () => {
      const { agent, page } = await instructorOf(await started.open());

      expect((await agent.get(page('/rules/items/unknown'))).status).to.equal(404);
    });
  });

  describe('/rules/frameworks/:framework', () => {
    it('is for who owns the framework: not for instructors, nor for administrators of other deployments', async () => {
      const world = await started.open();
      const instructor = await instructorOf(world);
      const administrator = await world.launch({ role: 'Administrator', user: 'admin' });
      const asAdministrator = (path: string) => `${path}?course=${administrator.course}`;

      const seen = await statuses([
        createAgent(started.tool.url).get(FRAMEWORK_RULES),
        instructor.agent.get(instructor.page(FRAMEWORK_RULES)),
        administrator.agent.get(asAdministrator(FRAMEWORK_RULES)),
        administrator.agent.get(asAdministrator('/rules/frameworks/unknown')),
      ]);
      await ownBy({ kind: 'deployment', id: 'another' });
      const hidden = await administrator.agent.get(asAdministrator(FRAMEWORK_RULES));

      expect(seen).to.deep.equal([401, 403, 403, 404]);
      expect(hidden.status).to.equal(404);
    });

    it('lets the operator set the instance’s rule, which counts in every deployment where no course has its own', async () => {
      const world = await started.open();
      const learner = await world.launch();
      await markDone(world, learner);
      await world.project();
      const agent = await signInAsOperator();

      const saved = await agent.postForm(FRAMEWORK_RULES, anyOne, { action: FRAMEWORK_RULES });
      await world.project();

      expect(saved.location).to.equal(`${FRAMEWORK_RULES}?notice=rule-saved`);
      expect((await agent.get(FRAMEWORK_RULES)).text).to.include('the framework’s rule');
      const { text } = await learner.agent.get(
        `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}?course=${learner.course}`,
      );
      expect(text.match(/<dd><p class="status status-achieved">/g)).to.have.length(2);
    });

    it('lets the operator set the rule of one competency', async () => {
      const world = await started.open();
      const agent = await signInAsOperator();
      const rule = `${FRAMEWORK_RULES}/items/${world.items[1] ?? ''}`;

      await agent.postForm(rule, { required: 'all' }, { action: rule });

      expect((await agent.get(rule)).text)
        .to.include('All of what counts')
        .and.include('this competency’s rule');
      expect((await agent.get(FRAMEWORK_RULES)).text).to.match(
        /Do the second thing<\/a>: All of what counts/,
      );
      expect((await agent.get(`${FRAMEWORK_RULES}/items/none`)).status).to.equal(404);
      const wrong = await agent.postForm(
        rule,
        { amount: '0', required: 'number' },
        { action: rule },
      );
      expect(wrong.status).to.equal(400);
    });

    it('lets the administrator of the owning deployment set it, for that deployment alone', async () => {
      const world = await started.open();
      await ownBy({ kind: 'deployment', id: world.deployment });
      const { agent, course } = await world.launch({ role: 'Administrator', user: 'admin' });

      const saved = await agent.postForm(`${FRAMEWORK_RULES}?course=${course}`, anyOne, {
        action: FRAMEWORK_RULES,
      });

      expect(saved.status).to.equal(303);
      const stored = await testDatabase().collection('completionRules').findOne({});
      expect(stored).to.include({ deployment: world.deployment, course: null, item: null });
    });
  });

  describe('the rule of a domain', () => {
    it('is reached below its heading, takes points, and keeps what was typed after a fault', async () => {
      const world = await started.open();
      const { agent, page } = await instructorOf(world);
      const [domain] = world.tree.roots;
      const children = domain?.children.map(({ identifier }) => identifier) ?? [];
      const path = `/rules/items/${domain?.identifier ?? ''}`;
      const points = Object.fromEntries(children.map((item) => [`points-${item}`, '2']));
      const typed = {
        children: 'points',
        base: '2',
        ...points,
        [`needed-${children[0] ?? ''}`]: '1',
      };

      const list = await agent.get(page('/rules'));
      const wrong = await agent.postForm(page(path), { ...typed, base: '999' }, { action: path });
      const saved = await agent.postForm(page(path), typed, { action: path });

      expect(list.text).to.include(`href="${path}?course`);
      expect(wrong.status).to.equal(400);
      expect(wrong.text).to.include('more than all of what is below').and.include('value="999"');
      expect(saved.status).to.equal(303);
      expect((await agent.get(page(path))).text)
        .to.include('At least 2 points from what is below it, 1 of them required in any case')
        .and.include('its own rule in this course');
    });
  });

  const scores = {
    required: 'number',
    amount: '1',
    assessed: '0',
    attested: 'assessed',
    keep: 'latest',
    pass: '80',
    method: 'decaying-average',
    threshold: '70',
    weight: '60',
    count: '1',
  };
  const anyOne = { required: 'number', amount: '1', assessed: '0' };

  async function instructorOf(world: OpenTool) {
    const { agent, course } = await world.launch({ role: 'Instructor', user: 'teacher' });
    return { agent, course, page: (path: string) => `${path}?course=${course}` };
  }

  async function signInAsOperator(): Promise<BrowserAgent> {
    const { url } = started.tool;
    const { token } = await createOperatorLink({ url, ttlMs: 60_000, now: new Date() });
    const agent = createAgent(url);
    await agent.post(`/operator/${token}`, {});
    return agent;
  }

  function markDone(world: OpenTool, learner: Launched) {
    const id = world.resources[0]?.id ?? '';
    const path = `/resources/${id}?course=${learner.course}`;
    return learner.agent.postForm(path, {}, { action: '/completions' });
  }

  async function ownBy(owner: { kind: 'deployment'; id: string }): Promise<void> {
    await testDatabase()
      .collection<{ _id: string }>('cfDocuments')
      .updateOne({ _id: FRAMEWORK }, { $set: { owner, ownerKey: `${owner.kind}:${owner.id}` } });
  }

  async function statuses(answers: Promise<{ status: number }>[]): Promise<number[]> {
    return (await Promise.all(answers)).map(({ status }) => status);
  }
});
