import { expect } from 'chai';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { createAgent } from '../support/browser-agent.js';
import { startAttainmentTool, type AttainmentTool } from '../attainment/attainment-tool.js';
import { listStated, listStatedAs } from '../attainment/attainment-world.js';
import type { Launched } from '../support/launch-as.js';

describe('routes of a learning resource', () => {
  let started: AttainmentTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());

  describe('GET /resources/:resource', () => {
    it('shows the public page to strangers', async () => {
      const { resources } = await started.open();
      const answer = await createAgent(started.tool.url).get(
        `/resources/${resources[0]?.id ?? ''}`,
      );
      expect(answer.status).to.equal(200);
      expect(answer.text).to.not.include('Mark as done');
    });

    it('offers a learner to open, mark and keep it, and is not kept by others', async () => {
      const { resources, launch } = await started.open();
      const { agent, course } = await launch();

      const answer = await agent.get(`/resources/${resources[0]?.id ?? ''}?course=${course}`);

      expect(answer.headers.get('cache-control')).to.include('private');
      expect(answer.text)
        .to.include('Mark as done')
        .and.include('Add to my list')
        .and.include(`/resources/${resources[0]?.id ?? ''}/visit?course&#x3D;${course}`);
    });

    it('shows staff no buttons that count', async () => {
      const { resources, launch } = await started.open();
      const { agent, course } = await launch({ role: 'Instructor' });

      const answer = await agent.get(`/resources/${resources[0]?.id ?? ''}?course=${course}`);

      expect(answer.status).to.equal(200);
      expect(answer.text).to.not.include('Mark as done');
    });
  });

  describe('POST /resources/:resource/completions', () => {
    it('refuses without a session, in another role, for another course, a wrong state and an unknown resource', async () => {
      const { resources, launch } = await started.open();
      const path = `/resources/${resources[0]?.id ?? ''}/completions`;
      const stranger = await createAgent(started.tool.url).post(path, { state: 'done' });
      const instructor = await launch({ role: 'Instructor', user: 'teacher' });
      const fields = (launched: Launched) =>
        formFields(launched, `/resources/${resources[0]?.id ?? ''}?course=${launched.course}`);
      const staff = await instructor.agent.post(path, {
        ...(await navigationFields(instructor)),
        state: 'done',
      });
      const learner = await launch();
      const own = await fields(learner);
      const otherCourse = await learner.agent.post(path, {
        ...own,
        course: 'not-mine',
        state: 'done',
      });
      const wrong = await learner.agent.post(path, { ...own, state: 'finished' });
      const unknown = await learner.agent.post('/resources/unknown/completions', {
        ...own,
        state: 'done',
      });
      const forged = await learner.agent.post(path, { ...own, _csrf: 'x', state: 'done' });

      expect([
        stranger.status,
        staff.status,
        otherCourse.status,
        wrong.status,
        unknown.status,
        forged.status,
      ]).to.deep.equal([401, 403, 404, 400, 404, 403]);
      expect(wrong.text).to.include('state');
      expect(await listStated()).to.deep.equal([]);
    });

    it('states a declared completion, shows it at once, and once for a double click', async () => {
      const { resources, launch } = await started.open();
      const learner = await launch();
      const page = `/resources/${resources[0]?.id ?? ''}?course=${learner.course}`;
      const fields = await formFields(learner, page);

      const [answer] = await Promise.all(
        [1, 2].map(() =>
          learner.agent.post(`/resources/${resources[0]?.id ?? ''}/completions`, {
            ...fields,
            state: 'done',
          }),
        ),
      );

      expect(answer?.status).to.equal(303);
      const shown = await learner.agent.get(page);
      expect(shown.text).to.include('Done, marked by you').and.include('Undo');
      const stated = await listStated();
      expect(stated).to.have.length(1);
      expect(stated[0]?.statement).to.deep.include({
        verb: { id: VERBS.completed, display: { en: 'completed' } },
      });
      expect(stated[0]?.statement.actor).to.have.nested.property(
        'account.homePage',
        `${started.tool.url}/learners`,
      );
      expect(JSON.stringify(stated[0]?.statement)).to.not.include('user-1');
    });

    it('undoes a mark and lets it be set again', async () => {
      const { resources, launch } = await started.open();
      const learner = await launch();
      const page = `/resources/${resources[0]?.id ?? ''}?course=${learner.course}`;
      const fields = await formFields(learner, page);
      const send = (state: string) =>
        learner.agent.post(`/resources/${resources[0]?.id ?? ''}/completions`, {
          ...fields,
          state,
        });

      for (const state of ['done', 'undone', 'done']) await send(state);

      const verbs = (await listStated()).map(({ statement }) => statement.verb.id);
      expect(verbs).to.deep.equal([VERBS.completed, VERBS.voided, VERBS.completed]);
      expect((await learner.agent.get(page)).text).to.include('Done, marked by you');
    });

    it('counts nothing of a test user and says so', async () => {
      const { resources, launch } = await started.open();
      const learner = await launch({
        roleUris: [
          'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner',
          'http://purl.imsglobal.org/vocab/lti/system/person#TestUser',
        ],
      });
      const fields = await formFields(
        learner,
        `/resources/${resources[0]?.id ?? ''}?course=${learner.course}`,
      );

      const answer = await learner.agent.post(`/resources/${resources[0]?.id ?? ''}/completions`, {
        ...fields,
        state: 'done',
      });

      expect(answer.location).to.include('notice=completion-not-counted');
      expect(await listStated()).to.deep.equal([]);
    });

    it('goes back to a page of ours and nowhere else', async () => {
      const { resources, launch } = await started.open();
      const learner = await launch();
      const fields = await formFields(
        learner,
        `/resources/${resources[0]?.id ?? ''}?course=${learner.course}`,
      );
      const send = (back: string) =>
        learner.agent.post(`/resources/${resources[0]?.id ?? ''}/choices`, {
          ...fields,
          state: 'added',
          back,
        });

      const inside = await send('/frameworks/small/items/x?q=a#results');
      const outside = await send('https://evil.example/');
      const tricky = await send('//evil.example/frameworks');

      expect(inside.location).to.match(
        /^\/frameworks\/small\/items\/x\?q=a&course=[^&]+&notice=choice-added#results$/,
      );
      expect(outside.location).to.match(/^\/resources\//);
      expect(tricky.location).to.match(/^\/resources\//);
    });

    it('does not let a lesson be marked', async () => {
      const { lesson, launch } = await started.open();
      const learner = await launch();
      const fields = await formFields(learner, `/resources/${lesson.id}?course=${learner.course}`);

      const answer = await learner.agent.post(`/resources/${lesson.id}/completions`, {
        ...fields,
        state: 'done',
      });

      expect(answer.status).to.equal(422);
    });
  });

  describe('GET /resources/:resource/visit', () => {
    it('states the opening once a launch and goes on', async () => {
      const { resources, launch } = await started.open();
      const { agent, course } = await launch();
      const path = `/resources/${resources[0]?.id ?? ''}/visit?course=${course}`;

      const answers = [
        await agent.get(path),
        await agent.get(path),
        await agent.send('HEAD', path),
      ];

      expect(answers.map(({ status, location }) => [status, location])).to.deep.equal([
        [303, 'https://agency.example/1'],
        [303, 'https://agency.example/1'],
        [303, 'https://agency.example/1'],
      ]);
      const stated = await listStated();
      expect(stated.map(({ statement }) => statement.verb.id)).to.deep.equal([VERBS.experienced]);
    });

    it('takes no fetching ahead for an opening', async () => {
      const { resources, launch } = await started.open();
      const { agent, course } = await launch();

      const answer = await agent.get(
        `/resources/${resources[0]?.id ?? ''}/visit?course=${course}`,
        { headers: { 'Sec-Purpose': 'prefetch;prerender' } },
      );

      expect(answer.status).to.equal(403);
      expect(await listStated()).to.deep.equal([]);
    });

    it('leads where everybody may go without a session, and states nothing', async () => {
      const { resources } = await started.open();

      const answer = await createAgent(started.tool.url).get(
        `/resources/${resources[0]?.id ?? ''}/visit`,
      );

      expect([answer.status, answer.location]).to.deep.equal([303, 'https://agency.example/1']);
      expect(await listStated()).to.deep.equal([]);
    });
  });

  describe('POST /resources/:resource/choices', () => {
    it('keeps the learner’s own list', async () => {
      const { resources, launch } = await started.open();
      const learner = await launch();
      const page = `/resources/${resources[0]?.id ?? ''}?course=${learner.course}`;
      const fields = await formFields(learner, page);

      await learner.agent.post(`/resources/${resources[0]?.id ?? ''}/choices`, {
        ...fields,
        state: 'added',
      });
      const added = await learner.agent.get(page);
      await learner.agent.post(`/resources/${resources[0]?.id ?? ''}/choices`, {
        ...fields,
        state: 'removed',
      });
      const removed = await learner.agent.get(page);

      expect(added.text).to.include('On your list').and.include('Take off my list');
      expect(removed.text).to.not.include('On your list');
    });
  });

  describe('POST /resources/:resource/attempts', () => {
    it('states a scored attempt, keeps the best of several, and shows the right answers once passed', async () => {
      const world = await started.open();
      const learner = await world.launch();
      const page = `/resources/${world.lesson.id}?course=${learner.course}`;
      const first = await formFields(learner, page, 'attempts');

      const failed = await learner.agent.post(`/resources/${world.lesson.id}/attempts`, {
        ...first,
        'answer-q1': 'b',
        'answer-q2': 'b',
      });
      const again = await learner.agent.post(`/resources/${world.lesson.id}/attempts`, {
        ...first,
        'answer-q1': 'b',
        'answer-q2': 'b',
      });
      const unpassed = await learner.agent.get(failed.location);
      const second = await formFields(learner, page, 'attempts');
      const passed = await learner.agent.post(`/resources/${world.lesson.id}/attempts`, {
        ...second,
        'answer-q1': 'a',
        'answer-q2': 'a',
      });

      expect(
        [failed.location, again.location, passed.location].map((one) =>
          /attempts\/(\d+)\?.*notice=([a-z-]+)/.exec(one)?.slice(1),
        ),
      ).to.deep.equal([
        ['1', 'attempt-done'],
        ['1', 'attempt-already'],
        ['2', 'attempt-done'],
      ]);
      expect(unpassed.text)
        .to.include('0 of 2 right')
        .and.include('Not right: That')
        .and.not.include('Because of q1.')
        .and.not.include('Right is');
      const feedback = await learner.agent.get(failed.location);
      expect(feedback.text)
        .to.include('0 of 2 right')
        .and.include('Because of q1.')
        .and.include('You chose: That. Right is: This');
      const scores = (await listStatedAs('passed', 'failed')).map(({ statement }) => [
        statement.result?.score?.scaled,
        statement.result?.success,
      ]);
      expect(scores).to.deep.equal([
        [0, false],
        [1, true],
      ]);
      expect((await learner.agent.get(page)).text).to.include(
        'Done: question set passed, best score 100',
      );
    });

    it('takes other answers to the same form as the next attempt', async () => {
      const world = await started.open();
      const learner = await world.launch();
      const fields = await formFields(
        learner,
        `/resources/${world.lesson.id}?course=${learner.course}`,
        'attempts',
      );
      const send = (answer: string) =>
        learner.agent.post(`/resources/${world.lesson.id}/attempts`, {
          ...fields,
          'answer-q1': answer,
          'answer-q2': answer,
        });

      await send('b');
      const other = await send('a');

      expect(other.location).to.include('/attempts/2');
      expect(await listStatedAs('passed', 'failed')).to.have.length(2);
    });

    it('states nothing while a question is open', async () => {
      const world = await started.open();
      const learner = await world.launch();
      const fields = await formFields(
        learner,
        `/resources/${world.lesson.id}?course=${learner.course}`,
        'attempts',
      );

      const answer = await learner.agent.post(`/resources/${world.lesson.id}/attempts`, {
        ...fields,
        'answer-q1': 'a',
      });

      expect(answer.status).to.equal(400);
      expect(await listStatedAs('passed', 'failed')).to.deep.equal([]);
    });

    it('states that an attempt was begun once, and again after it was answered; never for staff', async () => {
      const world = await started.open();
      const learner = await world.launch();
      const page = (course: string) => `/resources/${world.lesson.id}?course=${course}`;
      const answers = { 'answer-q1': 'b', 'answer-q2': 'b' };
      const staff = await world.launch({ role: 'Instructor', user: 'teacher' });

      await learner.agent.get(page(learner.course));
      await learner.agent.get(page(learner.course));
      await staff.agent.get(page(staff.course));
      const before = await listStatedAs('initialized');
      await learner.agent.postForm(page(learner.course), answers, { action: '/attempts' });
      await learner.agent.get(page(learner.course));

      expect(before).to.have.length(1);
      expect(await listStatedAs('initialized')).to.have.length(2);
    });

    it('shows nobody else’s attempt', async () => {
      const world = await started.open();
      const ana = await world.launch({ user: 'ana' });
      const fields = await formFields(
        ana,
        `/resources/${world.lesson.id}?course=${ana.course}`,
        'attempts',
      );
      const { location } = await ana.agent.post(`/resources/${world.lesson.id}/attempts`, {
        ...fields,
        'answer-q1': 'a',
        'answer-q2': 'a',
      });
      const bo = await world.launch({ user: 'bo' });

      const answer = await bo.agent.get(location);

      expect(answer.status).to.equal(404);
    });
  });

  it('keeps two courses in two tabs apart', async () => {
    const world = await started.open();
    const first = await world.launch({ course: 'HIM101' });
    const second = await world.launch({ course: 'HIM201', agent: first.agent });
    const resource = world.resources[0]?.id ?? '';
    const fields = await formFields(first, `/resources/${resource}?course=${first.course}`);

    await first.agent.post(`/resources/${resource}/completions`, { ...fields, state: 'done' });
    const crossed = await first.agent.post(`/resources/${resource}/completions`, {
      ...fields,
      course: second.course,
      state: 'undone',
    });

    expect(crossed.status).to.equal(404);
    expect(
      (await first.agent.get(`/resources/${resource}?course=${first.course}`)).text,
    ).to.include('Done, marked by you');
    expect(
      (await first.agent.get(`/resources/${resource}?course=${second.course}`)).text,
    ).to.not.include('Done, marked by you');
  });
});

/** Hidden fields of a form of the page; the first one, or that whose action holds `action`. */
async function formFields(
  launched: Launched,
  page: string,
  action = '',
): Promise<Record<string, string>> {
  const { text } = await launched.agent.follow(page);
  const form = [...text.matchAll(/<form\b[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].find(
    ([whole, target = '']) => whole.includes('method="post"') && target.includes(action),
  );
  const inputs = [
    ...(form?.[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g),
  ];
  const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
  delete fields['state'];
  delete fields['back'];
  return fields;
}

/** Fields for a page without forms of its own: those of signing out. */
async function navigationFields(launched: Launched): Promise<Record<string, string>> {
  return formFields(launched, `/frameworks?course=${launched.course}`);
}
