import { expect } from 'chai';
import mongoose from 'mongoose';
import { stateUntoldAttestations } from '../../src/activities/state-attestation.js';
import { changeDeployment } from '../../src/lti/deployment.model.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import {
  startAttainmentTool,
  type AttainmentTool,
  type OpenTool,
} from '../attainment/attainment-tool.js';
import { FRAMEWORK, listStated } from '../attainment/attainment-world.js';
import { createAgent, readForms, type BrowserAgent } from '../support/browser-agent.js';
import { userRecordId, platformRecordId } from '../../src/lti/record-ids.js';
import type { Launched } from '../support/launch-as.js';

const PDF = '%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n';

describe('vouching for a learner', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  let learner: Launched;
  let teacher: BrowserAgent;
  let user: string;
  let why: string;
  before(async () => {
    started = await startAttainmentTool();
  });
  beforeEach(async () => {
    world = await started.open();
    learner = await world.launch();
    teacher = (await world.launch({ role: 'Instructor', user: { sub: 'ida', name: 'Ida Berg' } }))
      .agent;
    const { issuer, clientId } = started.platform;
    user = userRecordId({ platform: platformRecordId({ issuer, clientId }), sub: 'user-1' });
    why = `/class/learners/${user}/items/${item()}?course=${learner.course}`;
  });
  after(() => started.close());

  const item = () => world.items[2] ?? '';
  const ownPage = () => `/frameworks/${FRAMEWORK}/items/${item()}?course=${learner.course}`;
  const attest = (fields: Record<string, string> = {}, agent = teacher) =>
    agent.postForm(why, { note: 'Shown at the ward.', ...fields }, { action: '/attestations' });
  const withdraw = (reason: string) => teacher.postForm(why, { reason }, { action: '/withdrawal' });
  const countStored = () => mongoose.connection.collection('attestations').countDocuments();

  it('is a statement in the learner’s name with the instructor, and evidence that the page explains', async () => {
    const answer = await attest({ link: 'https://portfolio.example/1' });
    await world.project();
    const { text } = await teacher.get(why);

    expect(answer.status).to.equal(303);
    expect(answer.location).to.include('notice=attestation-attested');
    const [told] = await listStated().then((all) =>
      all.filter(({ statement }) => statement.verb.id === VERBS.attested),
    );
    expect(told?.statement.context?.instructor).to.be.an('object');
    expect(told?.statement.actor).not.to.deep.equal(told?.statement.context?.instructor);
    expect(told?.statement.result).to.include({ success: true, response: 'Shown at the ward.' });
    const [counted = ''] = text.split('What did not count');
    expect(counted).to.include('attested by a person').and.to.include('by Ida Berg');
    expect(text).to.include('Ida Berg vouched on');
    expect(text).to.include('https://portfolio.example/1');
  });

  it('is shown to the learner with who and why, and so is its withdrawal', async () => {
    await attest();
    await world.project();
    const before = (await learner.agent.get(ownPage())).text;
    await withdraw('Wrong student.');
    await world.project();
    const after = (await learner.agent.get(ownPage())).text;

    expect(before).to.include('Ida Berg vouched on').and.to.include('Shown at the ward.');
    expect(after).to.include('Withdrawn by Ida Berg on').and.to.include('Wrong student.');
    const { text } = await teacher.get(why);
    expect(text).to.include('not counted: it was taken back');
    expect(text).to.include('Nothing counts yet.');
  });

  it('happens once, however often the form is sent', async () => {
    const page = (await teacher.get(why)).text;
    const form = readForms(page).find(({ action }) => action === '/attestations');
    const fields = { ...form?.fields, note: 'Once.' };
    await teacher.post('/attestations', fields);
    const again = await teacher.post('/attestations', fields);

    expect(again.location).to.include('notice=attestation-already');
    expect(await countStored()).to.equal(1);
  });

  it('keeps the first reason of a withdrawal', async () => {
    await attest();
    const page = (await teacher.get(why)).text;
    const form = readForms(page).find(({ action }) => action.endsWith('/withdrawal'));
    await withdraw('First.');
    await teacher.post(form?.action ?? '', { ...form?.fields, reason: 'Second.' });

    expect((await teacher.get(why)).text)
      .to.include('First.')
      .and.not.to.include('Second.');
  });

  it('awards prior learning with a document, which the learner and the staff may take', async () => {
    const page = (await teacher.get(why)).text;
    const form = readForms(page).find(({ action }) => action === '/attestations');
    const answer = await sendForm(teacher, '/attestations', {
      ...form?.fields,
      kind: 'prior-learning',
      note: 'Certificate of 2024.',
    });
    const shown = (await teacher.get(why)).text;
    const [, path = ''] = /href="(\/attestations\/[^"]+)"/.exec(shown) ?? [];
    const led = await learner.agent.get(path.replaceAll('&#x3D;', '='));
    const file = await learner.agent.get(led.location);

    expect(answer.location).to.include('notice=attestation-attested');
    expect(shown).to.include('Ida Berg awarded prior learning on');
    expect(led.status).to.equal(303);
    expect(file.text).to.equal(PDF);
    const other = await world.launch({ user: 'other' });
    expect((await other.agent.get(path.replaceAll('&#x3D;', '='))).status).to.equal(404);
  });

  for (const { title, fields, named } of [
    { title: 'no note', fields: { note: ' ' }, named: 'Say what it rests on.' },
    { title: 'a note that is too long', fields: { note: 'x'.repeat(5_001) }, named: 'At most' },
    {
      title: 'a link that is a script',
      fields: { link: 'javascript:alert(1)' },
      named: 'whole address',
    },
    { title: 'an unknown kind', fields: { kind: 'gift' }, named: 'kind' },
    { title: 'an id of its own making', fields: { attestation: 'x' }, named: 'attestation' },
  ])
    it(`refuses ${title}, names it and keeps what was typed`, async () => {
      const answer = await attest(fields);

      expect(answer.status).to.equal(400);
      expect(answer.text).to.include(named);
      expect(await countStored()).to.equal(0);
    });

  it('refuses people who are no students of this course, and competencies that are none', async () => {
    expect((await attest({ user: 'nobody' })).status).to.equal(404);
    expect((await attest({ item: 'nothing' })).status).to.equal(404);
    expect(await countStored()).to.equal(0);
  });

  it('needs a reason to withdraw', async () => {
    await attest();

    const answer = await withdraw('');
    expect(answer.status).to.equal(400);
    expect(answer.text).to.include('Say why it is withdrawn.');
  });

  it('knows no attestation of another course', async () => {
    await attest();
    const shown = (await teacher.get(why)).text;
    const [, id = ''] = /\/attestations\/([^/"]+)\/withdrawal/.exec(shown) ?? [];
    const other = await world.launch({ role: 'Instructor', user: 'ida', course: 'HIM102' });
    const page = await other.agent.get(`/class?course=${other.course}`);
    const [form] = readForms(page.text);
    const answer = await other.agent.post(`/attestations/${id}/withdrawal`, {
      ...form?.fields,
      reason: 'x',
    });

    expect(answer.status).to.equal(404);
    expect((await teacher.get(why)).text).not.to.include('Withdrawn by');
  });

  it('is for instructors, and for assistants only where the deployment lets them', async () => {
    const assistant = async () =>
      (await world.launch({ role: 'TeachingAssistant', user: 'tim' })).agent;
    const closed = (await (await assistant()).get(why)).text;
    await changeDeployment({
      deployment: world.deployment,
      change: { assistantsMayAttest: true },
    });
    const open = await attest({}, await assistant());

    expect(closed).not.to.include('action="/attestations"');
    expect(open.status).to.equal(303);
    expect((await createAgent(started.tool.url).post('/attestations', {})).status).to.equal(401);
  });

  it('is told later where the process stopped between record and statement', async () => {
    await attest();
    await mongoose.connection.collection('attestations').updateMany({}, { $set: { told: false } });
    const before = (await listStated()).length;
    const later = new Date(Date.now() + 120_000);
    await stateUntoldAttestations({ source: world.source, now: later });

    expect(await listStated()).to.have.length(before);
    const [record] = await mongoose.connection.collection('attestations').find().toArray();
    expect(record?.['told']).to.equal(true);
  });
});

/** The form with a document, as a browser sends it. */
async function sendForm(
  agent: BrowserAgent,
  path: string,
  fields: Record<string, string | string[]>,
) {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${[value].flat().join('')}\r\n`,
  );
  const file = `--b\r\nContent-Disposition: form-data; name="document"; filename="c.pdf"\r\nContent-Type: application/pdf\r\n\r\n${PDF}\r\n--b--\r\n`;
  return agent.send('POST', path, {
    body: `${parts.join('')}${file}`,
    headers: {
      'content-type': 'multipart/form-data; boundary=b',
      origin: new URL(agent.baseUrl).origin,
    },
  });
}
