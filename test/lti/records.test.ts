import { expect } from 'chai';
import { findCourse, recordCourse } from '../../src/lti/course.model.js';
import {
  findDeployment,
  listDeployments,
  recordPendingDeployment,
} from '../../src/lti/deployment.model.js';
import {
  addPlatform,
  removePlatform,
  type AddPlatformInput,
} from '../../src/lti/manage-platforms.js';
import {
  countCourseLearners,
  listCourseLearners,
  listCourseMembers,
  recordLaunchedMembership,
} from '../../src/lti/membership.model.js';
import { listPlatforms } from '../../src/lti/platform.model.js';
import type { Role } from '../../src/lti/roles.js';
import { createAgent } from '../support/browser-agent.js';
import { listRefusals } from '../../src/lti/refusal.model.js';
import { refusal } from '../support/refusal.js';
import { startTool } from '../support/start-tool.js';

const now = new Date('2026-01-05T08:00:00Z');
const options = { now, mayReach: (url: string) => url.startsWith('https:') };

function platformInput(more: Partial<AddPlatformInput> = {}): AddPlatformInput {
  return {
    name: 'School',
    issuer: 'https://lms.example',
    clientId: '10000000000001',
    deploymentId: 'd1',
    authorizationUrl: 'https://lms.example/auth',
    tokenUrl: 'https://lms.example/token',
    jwksUrl: 'https://lms.example/jwks',
    ...more,
  };
}

describe('addPlatform', () => {
  it('is the same platform when it is added again, with a further deployment', async () => {
    const first = await addPlatform(platformInput(), options);
    const second = await addPlatform(
      platformInput({ deploymentId: 'd2', name: 'School 2' }),
      options,
    );

    expect(second.platform._id).to.equal(first.platform._id);
    expect((await listPlatforms()).map((one) => one.name)).to.deep.equal(['School 2']);
    expect(
      (await listDeployments({ platform: first.platform._id })).map((one) => [
        one.deploymentId,
        one.status,
      ]),
    ).to.deep.equal([
      ['d1', 'approved'],
      ['d2', 'approved'],
    ]);
  });

  it('approves a deployment that waits', async () => {
    const { platform } = await addPlatform(platformInput(), options);
    await recordPendingDeployment({
      platform: platform._id,
      deploymentId: 'new',
      accountName: 'North campus',
      now,
    });

    const { deployment } = await addPlatform(platformInput({ deploymentId: 'new' }), options);

    expect(deployment).to.deep.include({ status: 'approved', accountName: 'North campus' });
  });

  for (const field of ['authorizationUrl', 'tokenUrl', 'jwksUrl'] as const)
    it(`names ${field} when no request could reach it`, async () => {
      const error = await refusal(
        addPlatform(platformInput({ [field]: 'http://lms.example/x' }), options),
      );

      expect(error.status).to.equal(400);
      expect(error.fields).to.have.all.keys(field);
      expect(await listPlatforms()).to.deep.equal([]);
    });

  it('is undone by removePlatform, deployments included', async () => {
    const { deployment } = await addPlatform(platformInput(), options);

    expect(
      await removePlatform({ issuer: 'https://lms.example', clientId: '10000000000001' }),
    ).to.equal(true);
    expect(
      await removePlatform({ issuer: 'https://lms.example', clientId: '10000000000001' }),
    ).to.equal(false);
    expect(await findDeployment({ deployment: deployment?._id ?? '' })).to.equal(null);
  });
});

describe('recordPendingDeployment', () => {
  it('lets fifty of a platform wait, and no more', async () => {
    for (let count = 0; count < 55; count += 1)
      await recordPendingDeployment({
        platform: 'p',
        deploymentId: `d${count}`,
        accountName: null,
        now,
      });

    expect(await listDeployments({ platform: 'p' })).to.have.length(50);
  });
});

describe('members of a course', () => {
  const where = { deployment: 'd', course: 'c' };
  const join = (user: string, roles: Role[], testUser = false) =>
    recordLaunchedMembership({ ...where, user, roles, roleUris: [], testUser, now });

  it('are counted without staff and test users, and listed page by page in order', async () => {
    await Promise.all([
      join('u1', ['Learner']),
      join('u2', ['Learner', 'Instructor']),
      join('u3', ['Learner'], true),
      join('u4', ['Learner']),
      join('u5', ['Instructor']),
      join('u6', ['Learner', 'Reviewer']),
    ]);
    const first = await listCourseMembers({ ...where, page: { limit: 4 } });
    const second = await listCourseMembers({
      ...where,
      page: { limit: 4, after: first.next ?? '' },
    });
    const teachers = await listCourseMembers({ ...where, role: 'Instructor', page: { limit: 9 } });
    const learners = await listCourseLearners({ ...where, page: { limit: 9 } });

    expect(await countCourseLearners(where)).to.equal(2);
    expect([...first.members, ...second.members].map((one) => one.user)).to.deep.equal([
      'u1',
      'u2',
      'u3',
      'u4',
      'u5',
      'u6',
    ]);
    expect([first.next, second.next]).to.deep.equal(['u4', null]);
    expect(teachers.members.map((one) => one.user)).to.deep.equal(['u2', 'u5']);
    expect(learners.members.map((one) => one.user)).to.deep.equal(['u1', 'u4']);
  });

  it('are those of the deployment that asks only', async () => {
    await join('u1', ['Learner']);

    expect(await countCourseLearners({ ...where, deployment: 'other' })).to.equal(0);
    expect(
      (await listCourseMembers({ deployment: 'other', course: 'c', page: { limit: 9 } })).members,
    ).to.deep.equal([]);
  });
});

describe('findCourse', () => {
  it('finds nothing of another deployment', async () => {
    const services = { lineItemsUrl: null, gradeScopes: [], membershipsUrl: null };
    const facts = {
      contextId: 'x',
      label: null,
      title: 'T',
      types: [],
      term: null,
      sisIds: { course: null, section: null },
      contextIdHistory: [],
      services,
    };
    await recordCourse({ course: 'c', platform: 'p', deployment: 'd', facts, now });

    expect(await findCourse({ deployment: 'd', course: 'c' })).to.deep.include({
      title: 'T',
      framework: null,
    });
    expect(await findCourse({ deployment: 'other', course: 'c' })).to.equal(null);
  });
});

describe('notes of refusals', () => {
  it('are at most 120 a minute, however many are refused', async () => {
    const tool = await startTool();
    try {
      await Promise.all(Array.from({ length: 130 }, () => createAgent(tool.url).get('/lti/login')));

      expect(await listRefusals({ now: new Date(), limit: 500 })).to.have.length(120);
    } finally {
      await tool.close();
    }
  });
});
