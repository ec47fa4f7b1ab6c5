import { expect } from 'chai';
import { listActivities } from '../../src/activities/activity.model.js';
import { findAlignment } from '../../src/activities/alignment.model.js';
import { findShortlist } from '../../src/activities/shortlist.model.js';
import { deleteFile } from '../../src/files/delete-file.js';
import { platformRecordId, userRecordId } from '../../src/lti/record-ids.js';
import { countFiles } from '../../src/files/stored-file.model.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  FILES,
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { FRAMEWORK, listStated } from '../attainment/attainment-world.js';
import { DOCX_WITH_MACROS, PDF, TEXT } from '../files/sample-files.js';
import { createAgent } from '../support/browser-agent.js';
import type { Launched } from '../support/launch-as.js';
import { encodeUpload, sendUpload, uploadHeaders, type ChosenFile } from '../work/send-upload.js';

describe("a file of one's own on a course's shortlist", () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let teacher: Launched;
  before(async () => (started = await startAttainmentTool()));
  after(() => started.close());
  beforeEach(async () => {
    world = await started.open();
    teacher = await world.launch({ role: 'Instructor', user: { sub: 'ida', name: 'Ida Berg' } });
  });

  const item = () => world.items[0] ?? '';
  const action = () => `/shortlists/items/${item()}/files`;
  const page = () => `/shortlists/items/${item()}?course=${teacher.course}`;
  const place = () => ({
    deployment: world.deployment,
    course: teacher.course,
    framework: FRAMEWORK,
    item: item(),
  });
  const words = { fileTitle: 'Audit checklist', fileNote: 'Print <this>.' };
  const checklist = { name: 'checklist.pdf', content: PDF };
  const add = ({
    fields,
    file = checklist,
  }: { fields?: Record<string, string>; file?: ChosenFile | null } = {}) =>
    sendUpload({
      agent: teacher.agent,
      page: page(),
      action: '/files',
      fields: { ...words, ...fields },
      ...(file && { file }),
    });
  const stored = () =>
    countFiles({
      ...place(),
      user: userRecordId({ platform: platformRecordId(started.platform), sub: 'ida' }),
    });
  const visitOf = async () => `/activities/${(await listActivities(place()))[0]?.id ?? ''}/visit`;

  it('says on the page what is taken and how large', async () => {
    const { text } = await teacher.agent.get(page());

    expect(text).to.include('Add a file of your own').and.include('OpenDocument');
    expect(text).to.include('One file of 1 MB at most; you may have 5 files in this course.');
  });

  it('is an activity, aligned and pinned with its note, and one file however often it is sent', async () => {
    const added = await add();
    const again = await add();

    const activities = await listActivities(place());
    const [activity] = activities;
    expect(added.location).to.include('notice=shortlist-saved');
    expect(again.location).to.include('notice=shortlist-unchanged');
    expect(activities.map(({ title, source, kind }) => [title, source, kind])).to.deep.equal([
      ['Audit checklist', 'shortlist', 'other'],
    ]);
    const { current } = await findAlignment({ ...place(), activity: activity?.id ?? '' });
    expect(current).to.deep.equal([{ framework: FRAMEWORK, item: item(), stage: 'introduced' }]);
    expect((await findShortlist(place())).history.at(-1)?.pinned).to.deep.equal([activity?.id]);
    expect(await stored()).to.equal(1);
  });

  it('is downloaded once by each opening, states that it was opened, and can be marked as done', async () => {
    await add();
    const student = await world.launch({ user: 'student' });
    const { text } = await student.agent.get(
      `/frameworks/${FRAMEWORK}/items/${item()}?course=${student.course}`,
    );

    const led = await student.agent.get(`${await visitOf()}?course=${student.course}`);
    const file = await student.agent.get(led.location);
    const second = await student.agent.get(led.location);

    expect(text).to.match(
      /Audit checklist[\s\S]*Print &lt;this&gt;\.[\s\S]*Ida Berg[\s\S]*Mark as done/i,
    );
    expect(text).to.include(await visitOf());
    expect(led.location).to.match(/^\/files\//);
    expect([file.status, file.text]).to.deep.equal([200, PDF.toString()]);
    expect(file.headers.get('content-disposition')).to.include('checklist.pdf');
    expect(second.status).to.equal(410);
    expect((await listStated()).map(({ statement }) => statement.verb.id)).to.deep.equal([
      VERBS.experienced,
    ]);
  });

  it('opens for the course’s staff, not for another course and not without a launch', async () => {
    await add();
    const visit = await visitOf();
    const assistant = await world.launch({ role: 'TeachingAssistant', user: 'helper' });
    const elsewhere = await world.launch({ user: 'student', course: 'HIM202' });

    const led = await assistant.agent.get(`${visit}?course=${assistant.course}`);
    const other = await elsewhere.agent.get(`${visit}?course=${elsewhere.course}`);
    const nobody = await createAgent(started.tool.url).get(`${visit}?course=${teacher.course}`);

    expect((await assistant.agent.get(led.location)).text).to.equal(PDF.toString());
    expect([other.status, nobody.status]).to.deep.equal([404, 401]);
  });

  it('says that it is gone once it was deleted with its owner, and is there when it is added again', async () => {
    await add();
    const [activity] = await listActivities(place());
    await deleteFile({ deployment: world.deployment, file: activity?.file ?? '' });
    const visit = `${await visitOf()}?course=${teacher.course}`;

    const gone = await teacher.agent.get(visit);
    await add();

    expect([gone.status, gone.text]).to.satisfy(
      ([status, text]: [number, string]) => status === 404 && text.includes('no longer here'),
    );
    expect((await teacher.agent.get(visit)).location).to.match(/^\/files\//);
  });

  it('is for those who teach or build the course', async () => {
    const body = encodeUpload({ fields: words, file: checklist });
    const send = (agent: Launched['agent']) =>
      agent.send('POST', `${action()}?course=${teacher.course}`, {
        body,
        headers: uploadHeaders(agent),
      });
    const student = await world.launch({ user: 'student' });

    const nobody = await send(createAgent(started.tool.url));

    expect([nobody.status, (await send(student.agent)).status]).to.deep.equal([401, 403]);
    expect(await listActivities(place())).to.deep.equal([]);
  });

  const large = { name: 'large.txt', content: Buffer.alloc(FILES.bytes + 1, 'x') };
  for (const { title, options, status, says } of [
    { title: 'no file', options: { file: null }, status: 400, says: 'Choose a file.' },
    { title: 'a file too large', options: { file: large }, status: 413, says: '1 MB at most' },
    {
      title: 'a file far too large',
      options: { file: { ...large, content: Buffer.alloc(FILES.bytes * 2, 'x') } },
      status: 413,
      says: '1 MB at most',
    },
    {
      title: 'a page called a text',
      options: { file: { name: 'a.txt', content: Buffer.from('<!doctype html><p>x') } },
      status: 415,
      says: 'HTML and SVG',
    },
    {
      title: 'a document with macros',
      options: { file: { name: 'a.docx', content: DOCX_WITH_MACROS } },
      status: 415,
      says: 'can run a program',
    },
    {
      title: 'an empty file',
      options: { file: { name: 'a.txt', content: Buffer.alloc(0) } },
      status: 400,
      says: 'holds nothing',
    },
    {
      title: 'no title',
      options: { fields: { fileTitle: ' ' } },
      status: 400,
      says: 'Give a title',
    },
    {
      title: 'a note too long',
      options: { fields: { fileNote: 'x'.repeat(501) } },
      status: 400,
      says: 'at most 500',
    },
  ])
    it(`refuses ${title}, says so at its field, and keeps what was typed`, async () => {
      const answer = await add(options);

      expect(answer.status).to.equal(status);
      expect(answer.text).to.include(says).and.include('Nothing was saved');
      const typed = { ...words, ...options.fields };
      if (typed.fileTitle.trim() !== '') expect(answer.text).to.include('value="Audit checklist"');
      expect(answer.text).to.include(typed.fileNote.replace('<this>', '&lt;this&gt;'));
      expect(await listActivities(place())).to.deep.equal([]);
      expect(await stored()).to.equal(0);
    });

  it('takes no more of them than a person has places for', async () => {
    for (let number = 0; number < FILES.perStaff; number += 1)
      await add({
        file: { name: 'a.txt', content: Buffer.concat([TEXT, Buffer.from([48 + number])]) },
      });

    const refused = await add();

    expect(refused.status).to.equal(409);
    expect(refused.text).to.include('You may have 5 files in this course');
    expect(await listActivities(place())).to.have.length(FILES.perStaff);
  });
});
