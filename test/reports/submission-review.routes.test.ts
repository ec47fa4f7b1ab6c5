import { expect } from 'chai';
import { activityRecordId, recordActivities } from '../../src/activities/activity.model.js';
import { recordEvidence } from '../../src/attainment/evidence.model.js';
import { userRecordId } from '../../src/lti/record-ids.js';
import { listAccesses } from '../../src/reports/access-log.model.js';
import { submissionReviewRoutes } from '../../src/reports/submission-review.routes.js';
import { codeOf } from '../support/bad-inputs.js';
import { createAgent } from '../support/browser-agent.js';
import { countRecords } from '../support/count-records.js';
import { AGS, LTI, startFakePlatform, type FakePlatform } from '../support/fake-platform.js';
import { connectPlatform, launchAs, tryLaunch, type LaunchAs } from '../support/launch-as.js';
import { startTool, type TestTool } from '../support/start-tool.js';

const NOW = new Date('2026-05-03T08:00:00Z');

describe('a submission review', () => {
  let tool: TestTool;
  let fake: FakePlatform;
  let platform: string;
  let deployment: string;
  let column: string;

  before(async () => {
    fake = await startFakePlatform();
    column = `${fake.origin}/courses/1/lineitems/7/lineitem?type_id=1`;
    tool = await startTool({ routes: () => [submissionReviewRoutes({ now: () => NOW })] });
  });
  beforeEach(async () => {
    const connected = await connectPlatform(fake);
    platform = connected.platform._id;
    deployment = connected.deployment._id;
  });
  after(async () => {
    await tool.close();
    await fake.close();
  });

  const review = (
    claims: Record<string, unknown> = {},
    more: Partial<LaunchAs> = {},
  ): LaunchAs => ({
    tool,
    platform: fake,
    role: 'Instructor',
    user: { sub: 'teacher', name: 'Tia Teacher' },
    messageType: 'LtiSubmissionReviewRequest',
    claims: {
      [`${LTI}for_user`]: { user_id: 'ana', name: 'Ana Ruiz' },
      [AGS]: { scope: [], lineitems: fake.lineItemsUrl, lineitem: column },
      ...claims,
    },
    ...more,
  });

  /** Ana launched, and did the quiz of the column and one thing more. */
  async function fillCourse(): Promise<void> {
    const { course } = await launchAs({
      tool,
      platform: fake,
      user: { sub: 'ana', name: 'Ana Ruiz' },
    });
    const facts = ['Coding quiz', 'Reading'].map((title) => ({
      deployment,
      course,
      key: ['typed', title],
      title,
      kind: 'quiz' as const,
      source: 'typed' as const,
      address: null,
      resourceLinkId: null,
      lineItemUrl: title === 'Reading' ? null : column,
      lesson: null,
      assessed: true,
      lastLaunchAt: null,
    }));
    await recordActivities({ facts, url: tool.url, now: NOW });
    await recordEvidence({
      evidence: facts.map((one) => ({
        statementId: `statement of ${one.title}`,
        deployment,
        course,
        user: userRecordId({ platform, sub: 'ana' }),
        objectId: activityRecordId(one),
        objectKind: 'activity',
        title: one.title,
        item: null,
        by: null,
        kind: 'assessed',
        completes: true,
        imported: false,
        success: true,
        score: 0.9,
        at: NOW,
        withdrawn: null,
      })),
    });
  }

  it("opens that learner's evidence for the activity of the gradebook column, never the grader's own", async () => {
    await fillCourse();

    const { agent, path } = await launchAs(review());
    const page = await agent.get(path);

    expect(page.status, page.text).to.equal(200);
    expect(page.text).to.contain('<h1>Ana Ruiz: Coding quiz</h1>').and.contain('90%');
    expect(page.text).not.to.contain('Reading');
  });

  it('shows all of the learner in the course for a column that no activity has', async () => {
    await fillCourse();
    const other = { scope: [], lineitems: fake.lineItemsUrl, lineitem: `${column}&other` };

    const { agent, path } = await launchAs(review({ [AGS]: other }));
    const page = await agent.get(path);

    expect(page.text).to.contain('Crosswalk knows no activity of this gradebook column');
    expect(page.text).to.contain('Coding quiz').and.contain('Reading');
  });

  it('keeps two reviews in two tabs apart', async () => {
    await fillCourse();
    await launchAs({ tool, platform: fake, user: { sub: 'ben', name: 'Ben Ode' } });
    const first = await launchAs(review());
    const second = await launchAs(
      review({ [`${LTI}for_user`]: { user_id: 'ben' } }, { agent: first.agent }),
    );

    const [ofAna, ofBen] = [await first.agent.get(first.path), await first.agent.get(second.path)];

    expect(ofAna.text).to.contain('Ana Ruiz: Coding quiz');
    expect(ofBen.text).to.contain('Ben Ode: Coding quiz').and.contain('has not done anything');
  });

  it('says so of a learner who never launched, and tells no name', async () => {
    await fillCourse();

    const { agent, path } = await launchAs(
      review({ [`${LTI}for_user`]: { user_id: 'nobody', name: 'No Body' } }),
    );
    const page = await agent.get(path);

    expect(page.status).to.equal(404);
    expect(page.text).to.contain('This person has not opened Crosswalk in this course');
    expect(page.text).not.to.contain('No Body');
  });

  it("notes an administrator's look, which is no teacher's everyday work", async () => {
    await fillCourse();
    const admin = await launchAs(review({}, { role: 'Administrator' }));

    await admin.agent.get(admin.path);

    const [look] = await listAccesses({ deployment, limit: 1 });
    expect(look).to.include({
      subject: 'learner',
      subjectId: userRecordId({ platform, sub: 'ana' }),
    });
  });

  for (const [title, status, code, claims] of [
    ['[100] without for_user', 400, 'lti.claim', { [`${LTI}for_user`]: undefined }],
    ['[100] without for_user.user_id', 400, 'lti.claim', { [`${LTI}for_user`]: { name: 'Ana' } }],
    [
      'without a line item',
      400,
      'lti.claim',
      { [AGS]: { scope: [], lineitems: 'https://x.example' } },
    ],
    ['without a grade service', 400, 'lti.claim', { [AGS]: undefined }],
    ['without a course', 400, 'lti.claim', { [`${LTI}context`]: undefined }],
  ] as const)
    it(`is refused ${title}, and nothing is stored`, async () => {
      const before = await countRecords();

      const { answer } = await tryLaunch(review(claims));

      expect([answer.status, codeOf(answer)]).to.deep.equal([status, code]);
      expect(await countRecords()).to.deep.equal(before);
    });

  for (const role of ['Learner', 'ContentDeveloper', 'Reviewer', null] as const)
    it(`[100] is refused to ${role ?? 'somebody without a role'}, at the door and on the page`, async () => {
      await fillCourse();
      const user = { sub: 'other', name: 'Other' };

      const { answer } = await tryLaunch(review({}, { role, user }));
      const inside = await launchAs({ tool, platform: fake, role, user });
      const ana = userRecordId({ platform, sub: 'ana' });
      const page = await inside.agent.get(`/reports/submissions/${ana}?course=${inside.course}`);

      expect([answer.status, codeOf(answer)]).to.deep.equal([403, 'lti.role-review']);
      expect([page.status, codeOf(page)]).to.deep.equal([403, 'page.forbidden']);
    });

  it('opens nothing without a session, in another course, or for people of another deployment', async () => {
    await fillCourse();
    const { agent, course, path } = await launchAs(review());
    const other = await launchAs({
      ...review({}, { course: 'course-2', user: { sub: 'teacher-2', name: 'Two' } }),
    });
    const ana = userRecordId({ platform, sub: 'ana' });

    const stranger = await createAgent(tool.url).get(path);
    const elsewhere = await agent.get(`/reports/submissions/${ana}?course=${other.course}`);
    const unknownHere = await other.agent.get(`/reports/submissions/${ana}?course=${other.course}`);

    expect(course).not.to.equal(other.course);
    expect([stranger.status, elsewhere.status, unknownHere.status]).to.deep.equal([401, 404, 404]);
    expect(unknownHere.text).not.to.contain('Coding quiz');
  });
});
