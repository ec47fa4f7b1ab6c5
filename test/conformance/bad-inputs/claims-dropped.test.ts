// Bad inputs 95, 97, 98, 99 and 104: what is dropped of a launch that is accepted.
import { expect } from 'chai';
import { findCourse } from '../../../src/lti/course.model.js';
import { findUser } from '../../../src/lti/user.model.js';
import { openDoor } from '../../support/bad-inputs.js';
import { AGS, LTI, NRPS } from '../../support/fake-platform.js';
import { launchAs } from '../../support/launch-as.js';
import { showLaunchRoutes } from '../../support/show-launch.js';
import { startTool } from '../../support/start-tool.js';

describe('claims that are taken only as far as they can be used', () => {
  const door = openDoor(() =>
    startTool({
      routes: () => [showLaunchRoutes()],
    }),
  );
  const launchOf = async (claims: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const { agent, path } = await launchAs({
      tool: door.tool,
      platform: door.platform,
      claims,
    });
    const page = await agent.get(path);
    expect(page.status).to.equal(200);
    return page.json() as Record<string, unknown>;
  };

  it('[95] the literal $Canvas.user.id as a custom value -> treated as absent', async () => {
    const launch = await launchOf({
      [`${LTI}custom`]: {
        term_name: 'Autumn',
        course_sis_id: '$Canvas.course.sisSourceId',
        canvas_user_id: '$Canvas.user.id',
      },
    });

    const { deployment, course, user } = launch as Record<string, string>;
    const found = await findCourse({ deployment: deployment ?? '', course: course ?? '' });

    expect(found?.term?.name).to.equal('Autumn');
    expect(found?.sisIds.course).to.equal(null);
    expect((await findUser({ user: user ?? '' }))?.lmsId).to.equal(null);
  });

  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'https://me:x@lms.example/', 7])
    it(`[97] launch_presentation.return_url ${address} -> dropped`, async () => {
      const launch = await launchOf({ [`${LTI}launch_presentation`]: { return_url: address } });

      expect(launch).to.deep.include({ returnUrl: null });
    });

  for (const locale of ['../../x', 'en/../de', '<b>', 'x'.repeat(300), 7])
    it(`[98] locale ${String(locale).slice(0, 9)} -> ignored`, async () => {
      const launch = await launchOf({ [`${LTI}launch_presentation`]: { locale } });

      expect(launch).to.deep.include({ language: 'en' });
    });

  it('[99] AGS or NRPS addresses that are http, private or none -> the service is off, the launch goes on', async () => {
    for (const address of [
      'http://lms.example/x',
      'https://10.0.0.1/x',
      'https://169.254.169.254/',
      'https://[::1]/',
      'https://me:x@lms.example/x',
      'x',
      '',
      7,
    ]) {
      const launch = await launchOf({
        [AGS]: { scope: [], lineitems: address, lineitem: address },
        [NRPS]: { context_memberships_url: address, service_versions: ['2.0'] },
      });

      expect(launch['services']).to.deep.include({
        lineItemsUrl: null,
        lineItemUrl: null,
        membershipsUrl: null,
      });
    }
  });

  it('[104] history ids -> kept as a hint that opens nothing', async () => {
    const launch = await launchOf({
      [`${LTI}custom`]: { context_id_history: 'course-0,a%2Cb' },
    });

    const found = await findCourse({
      deployment: String(launch['deployment']),
      course: String(launch['course']),
    });

    expect(found?.contextIdHistory).to.deep.equal(['course-0', 'a,b']);
  });
});
