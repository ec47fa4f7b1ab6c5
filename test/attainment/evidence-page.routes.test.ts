import { expect } from 'chai';
import { PDF } from '../files/sample-files.js';
import { createAgent } from '../support/browser-agent.js';
import { sendUpload } from '../work/send-upload.js';
import { startAttainmentTool, type AttainmentTool, type OpenTool } from './attainment-tool.js';
import { FRAMEWORK } from './attainment-world.js';

describe('a learner’s evidence as a whole', () => {
  let started: AttainmentTool;
  let world: OpenTool;
  before(async () => {
    started = await startAttainmentTool();
  });
  after(() => started.close());
  beforeEach(async () => {
    world = await started.open();
  });

  /** A learner who marked the first resource as done, opened the second, and whose work was accepted. */
  async function learnerWithEvidence() {
    const learner = await world.launch({ user: { sub: 'ana', name: 'Ana Ruiz' } });
    const [first, second] = world.resources;
    const page = (id = '') => `/resources/${id}?course=${learner.course}`;
    await learner.agent.postForm(page(first?.id), { state: 'done' }, { action: '/completions' });
    await learner.agent.get(`/resources/${second?.id ?? ''}/visit?course=${learner.course}`);
    const sent = await sendUpload({
      agent: learner.agent,
      page: `/work/new?course=${learner.course}&framework=${FRAMEWORK}&item=${world.items[0] ?? ''}`,
      action: '/work',
      file: { name: 'audit.pdf', content: PDF },
    });
    const teacher = await world.launch({
      role: 'Instructor',
      user: { sub: 'tom', name: 'Tom T.' },
    });
    const review = `/waiting${sent.location.split('?')[0] ?? ''}?course=${teacher.course}`;
    await teacher.agent.postForm(review, { decision: 'accepted' }, { action: '/decisions' });
    await world.project();
    return learner;
  }

  const path = (course: string, query = '') => `/progress/evidence?course=${course}${query}`;

  it('is for learners of a course', async () => {
    const staff = await world.launch({ role: 'Instructor', user: 'tom' });

    expect((await createAgent(started.tool.url).get(path('x'))).status).to.equal(401);
    expect((await staff.agent.get(path(staff.course))).status).to.equal(403);
  });

  it('says what will be here while there is none', async () => {
    const { agent, course } = await world.launch();

    expect((await agent.get(path(course))).text).to.contain('There is no evidence of yours yet');
  });

  it('says what counts, what does not and why, in both answers, and whose word it is', async () => {
    const { agent, course } = await learnerWithEvidence();

    const { text } = await agent.get(path(course));

    const row = (title: string) =>
      new RegExp(`scope="row"><a[^>]*>${title}</a>[\\s\\S]*?</tr>`)
        .exec(text)?.[0]
        .replace(/<[^>]*>/g, ' ') ?? '';
    expect(row('Resource 1')).to.match(/marked by you[\s\S]*yes\s+yes/);
    expect(row('Resource 2')).to.match(/seen[\s\S]*no, opened only\s+no, opened only/);
    expect(row(world.tree.competencies[0]?.fullStatement.replace(/[()]/g, '\\$&') ?? '')).to.match(
      /vouched for\s+by Tom T\.[\s\S]*yes/,
    );
    expect(text).to.contain('the work you sent');
  });

  it('narrows by kind and by competency, and tells when nothing is left', async () => {
    const { agent, course } = await learnerWithEvidence();

    const declared = await agent.get(path(course, '&kind=declared'));
    const item = await agent.get(path(course, `&item=${world.items[0] ?? ''}&kind=attested`));
    const nothing = await agent.get(path(course, '&kind=assessed'));

    expect(declared.text).to.contain('Resource 1').and.not.to.contain('Resource 2</a>');
    expect(item.text).to.contain('vouched for').and.not.to.contain('Resource 1</a>');
    expect(nothing.text).to.contain('Nothing fits this choice.');
  });

  it('shows nothing of another learner, and reads strange choices as none', async () => {
    await learnerWithEvidence();
    const other = await world.launch({ user: 'ben' });

    const { status, text } = await other.agent.get(
      path(other.course, '&kind=%3Cscript%3E&page=-3&item=$ne'),
    );

    expect(status).to.equal(200);
    expect(text).to.contain('There is no evidence of yours yet').and.not.to.contain('Resource 1');
  });
});
