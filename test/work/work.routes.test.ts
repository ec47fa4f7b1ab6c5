import { expect } from 'chai';
import { listWorkOf } from '../../src/work/review-work.model.js';
import { countFiles } from '../../src/files/stored-file.model.js';
import { listAccesses } from '../../src/reports/access-log.model.js';
import { userRecordId, platformRecordId } from '../../src/lti/record-ids.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { align, createActivity, FRAMEWORK, minute } from '../attainment/attainment-world.js';
import { PDF, TEXT } from '../files/sample-files.js';
import { createAgent, type Answer } from '../support/browser-agent.js';
import { testDatabase } from '../support/engine.js';
import type { Launched } from '../support/launch-as.js';
import { sendUpload, type ChosenFile } from './send-upload.js';

describe('work for review', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let learner: Launched;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());
  beforeEach(async () => {
    world = await started.open();
    learner = await world.launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
  });

  const subject = () => `framework=${FRAMEWORK}&item=${world.items[0] ?? ''}`;
  const newPage = () => `/work/new?course=${learner.course}&${subject()}`;
  const itemPage = () =>
    `/frameworks/${FRAMEWORK}/items/${world.items[0] ?? ''}?course=${learner.course}`;
  const send = (options: { fields?: Record<string, string>; file?: ChosenFile } = {}) =>
    sendUpload({ agent: learner.agent, page: newPage(), action: '/work', ...options });
  const person = () => userRecordId({ platform: platformRecordId(started.platform), sub: 'ana' });
  const mine = () =>
    listWorkOf({ deployment: world.deployment, course: learner.course, user: person() });
  const files = () =>
    countFiles({ deployment: world.deployment, course: learner.course, user: person() });
  const pathOf = (answer: Answer) => answer.location.split('?')[0] ?? '';
  const audit = { name: 'audit.pdf', content: PDF };

  it('asks whoever has no launch to open the course, and is closed to staff', async () => {
    const staff = await world.launch({ role: 'Instructor' });

    expect((await createAgent(started.tool.url).get(newPage())).status).to.equal(401);
    expect((await staff.agent.get(newPage())).status).to.equal(403);
  });

  it('is offered on the page of a competency, and takes a file with a note', async () => {
    const before = await learner.agent.get(itemPage());

    const answer = await send({ fields: { note: 'I checked **all** records.' }, file: audit });

    const page = await learner.agent.get(answer.location);
    expect(before.text).to.contain('Send work for review');
    expect(answer.location).to.contain('notice=work-sent');
    expect(page.text).to.contain('Waiting for review').and.to.contain('audit.pdf');
    expect(page.text).to.contain('I checked **all** records.').and.to.contain('Ana Ruiz');
    const [work, ...others] = await mine();
    expect(others).to.deep.equal([]);
    expect(work).to.deep.include({
      state: 'waiting',
      revision: 1,
      about: { kind: 'item', framework: FRAMEWORK, item: world.items[0] },
    });
    expect((await learner.agent.get(itemPage())).text)
      .to.contain('Waiting for review')
      .and.not.to.contain('Send work for review</a>');
  });

  it('takes a link instead of a file', async () => {
    await send({ fields: { link: 'https://portfolio.example/ana?x=1' } });

    expect((await mine())[0]?.history[0]).to.deep.include({
      link: 'https://portfolio.example/ana?x=1',
      file: null,
    });
  });

  it('is offered for an activity while it is aligned, and refused while it is not', async () => {
    const activity = await createActivity({ deployment: world.deployment, course: learner.course });
    const page = `/work/new?course=${learner.course}&activity=${activity.id}`;
    const request = { agent: learner.agent, page, action: '/work', file: audit };

    const refused = await sendUpload(request);
    await align(activity, [world.items[0] ?? ''], { at: minute(1) });
    const taken = await sendUpload(request);
    const shown = await learner.agent.get(`/activities/${activity.id}?course=${learner.course}`);

    expect(refused.status).to.equal(409);
    expect(taken.status).to.equal(303);
    expect(shown.text).to.contain('Waiting for review');
    expect(await files()).to.equal(1);
  });

  for (const { title, fields, file, says, status = 400 } of [
    { title: 'nothing at all', says: 'Choose a file, or give a link.' },
    {
      title: 'a link that runs a script',
      fields: { link: 'javascript:alert(1)' },
      says: 'no web address',
    },
    {
      title: 'a link with a password',
      fields: { link: 'https://ana:secret@lms.example/' },
      says: 'no web address',
    },
    {
      title: 'a note of 2,001 characters',
      fields: { note: 'a'.repeat(2_001), link: 'https://a.example/' },
      says: 'more than 2000 characters',
    },
    {
      title: 'a page called PDF',
      file: { name: 'work.pdf', content: Buffer.from('<html>') },
      says: 'HTML and SVG are not taken',
      status: 415,
    },
    {
      title: 'a drawing that could run',
      file: { name: 'a.svg', content: Buffer.from('<svg/>') },
      says: 'HTML and SVG are not taken',
      status: 415,
    },
    {
      title: 'a program',
      file: { name: 'a.pdf', content: Buffer.from('MZ\u0000\u0001', 'latin1') },
      says: 'Its content is none of these',
      status: 415,
    },
    {
      title: 'an empty file',
      file: { name: 'a.pdf', content: Buffer.alloc(0) },
      says: 'It holds nothing at all',
    },
    {
      title: 'a file larger than the limit',
      file: { name: 'a.txt', content: Buffer.alloc(1_100_000, 'a') },
      says: '1 MB at most',
      status: 413,
    },
    {
      title: 'a file so large that nothing of it is kept',
      file: { name: 'a.txt', content: Buffer.alloc(4_000_000, 'a') },
      says: '1 MB at most',
      status: 413,
    },
  ] as {
    title: string;
    fields?: Record<string, string>;
    file?: ChosenFile;
    says: string;
    status?: number;
  }[])
    it(`refuses ${title}, says why at the field, and keeps what was typed`, async () => {
      const typed = { note: 'My typed note stays.', ...fields };

      const answer = await send({ fields: typed, ...(file && { file }) });

      expect(answer.status).to.equal(status);
      expect(answer.text).to.contain(says).and.to.contain('aria-invalid="true"');
      expect(answer.text)
        .to.contain(typed.note)
        .and.to.contain('Your note and link are still here');
      expect(await mine()).to.deep.equal([]);
      for (const name of ['storedFiles', 'fileChunks'])
        expect(await testDatabase().collection(name).countDocuments(), name).to.equal(0);
    });

  it('cleans the file’s name of paths and of what turns the reading direction', async () => {
    await send({ file: { name: '..\\..\\evil\u202Efdp.exe', content: PDF } });

    expect((await mine())[0]?.history[0]?.file?.name).to.equal('evilfdp.exe.pdf');
  });

  it('refuses a second piece of work about the same while one is open, and keeps no file of it', async () => {
    await send({ file: audit });

    const again = await send({ file: audit });

    expect(again.status).to.equal(409);
    expect(again.text).to.contain('not decided yet');
    expect(await files()).to.equal(1);
  });

  it('can be replaced while it waits: the history tells it, the file before goes', async () => {
    const page = pathOf(await send({ file: audit }));
    const form = `${page}/versions/new?course=${learner.course}`;

    const answer = await sendUpload({
      agent: learner.agent,
      page: form,
      action: '/versions',
      fields: { note: 'Better.' },
      file: { name: 'notes.txt', content: TEXT },
    });

    const [work] = await mine();
    expect(answer.status).to.equal(303);
    expect(work?.history.map(({ kind, file }) => [kind, file?.name])).to.deep.equal([
      ['sent', 'audit.pdf'],
      ['replaced', 'notes.txt'],
    ]);
    expect(await files()).to.equal(1);
    expect((await learner.agent.get(answer.location)).text).to.contain(
      'audit.pdf (no longer here)',
    );
  });

  it('is told when it was changed in another tab, and then stores nothing', async () => {
    const page = pathOf(await send({ file: audit }));
    const form = `${page}/versions/new?course=${learner.course}`;
    const change = { agent: learner.agent, page: form, action: '/versions' };
    await sendUpload({ ...change, fields: { link: 'https://a.example/' } });

    const late = await sendUpload({ ...change, fields: { revision: '1' }, file: audit });

    expect([late.status, await files()]).to.deep.equal([409, 0]);
    expect(late.text).to.contain('Somebody was first');
  });

  it('can be taken back while it waits, and sent anew', async () => {
    const page = pathOf(await send({ file: audit }));

    const answer = await learner.agent.postForm(
      `${page}?course=${learner.course}`,
      {},
      { action: '/withdrawals' },
    );
    const again = await send({ file: audit });

    expect(answer.location).to.contain('notice=work-taken-back');
    expect(again.status).to.equal(303);
    expect((await mine()).map(({ state }) => state)).to.have.members(['taken-back', 'waiting']);
    expect(await files()).to.equal(1);
  });

  it('is not found by others, in this course or from another one, and neither are its files', async () => {
    const page = pathOf(await send({ file: audit }));
    const [work] = await mine();
    const file = `${page}/files/${work?.history[0]?.file?.id ?? ''}`;
    const other = await world.launch({ user: { sub: 'ben', name: 'Ben' } });
    const elsewhere = await world.launch({ role: 'Instructor', course: 'HIM999', user: 'tom' });

    for (const { agent, course } of [other, elsewhere])
      expect((await agent.get(`${file}?course=${course}`)).status).to.equal(404);
    expect((await other.agent.get(`${page}?course=${other.course}`)).status).to.equal(404);
  });

  it('gives its file to the learner and to the instructor, whose download is noted', async () => {
    const page = pathOf(await send({ file: audit }));
    const [work] = await mine();
    const file = `${page}/files/${work?.history[0]?.file?.id ?? ''}?course=${learner.course}`;
    const teacher = await world.launch({ role: 'Instructor', user: 'tom' });

    const own = await learner.agent.follow(file);
    const noted = await listAccesses({ deployment: world.deployment, limit: 5 });
    const taught = await teacher.agent.follow(file);

    expect([own.text, taught.text]).to.deep.equal([PDF.toString(), PDF.toString()]);
    expect(noted).to.deep.equal([]);
    expect(await listAccesses({ deployment: world.deployment, limit: 5 })).to.have.length(1);
  });

  it('takes no more files than a learner may have', async () => {
    for (const index of [0, 1, 2]) {
      const item = world.items[index] ?? '';
      const page = `/work/new?course=${learner.course}&framework=${FRAMEWORK}&item=${item}`;
      await sendUpload({ agent: learner.agent, page, action: '/work', file: audit });
    }
    const page = `/work/new?course=${learner.course}&framework=${FRAMEWORK}&item=${world.items[3] ?? ''}`;

    const fourth = await sendUpload({ agent: learner.agent, page, action: '/work', file: audit });

    expect(fourth.status).to.equal(409);
    expect(fourth.text).to.contain('You may have 3 files in this course');
  });

  it('stores nothing for a test student', async () => {
    const student = await world.launch({
      roleUris: [
        'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner',
        'http://purl.imsglobal.org/vocab/lti/system/person#TestUser',
      ],
      user: 'test student',
    });
    const page = `/work/new?course=${student.course}&${subject()}`;

    const answer = await sendUpload({ agent: student.agent, page, action: '/work', file: audit });

    expect(answer.status).to.equal(403);
    expect(await testDatabase().collection('storedFiles').countDocuments()).to.equal(0);
  });

  for (const [name, query] of [
    ['a competency of no framework', `framework=other&item=x`],
    ['an activity of no course', 'activity=x'],
    ['nothing', ''],
  ])
    it(`is not offered for ${name}`, async () => {
      const page = `/work/new?course=${learner.course}&${query ?? ''}`;

      expect((await learner.agent.get(page)).status).to.equal(404);
    });
});
