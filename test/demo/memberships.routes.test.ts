// The roster service of the demo LMS.
import { expect } from 'chai';
import request from 'supertest';
import {
  AGS_SCOPES,
  getAccessToken,
  NRPS_SCOPE,
  startDemo,
  type RunningDemo,
} from './start-demo.js';

const MEMBERSHIPS = 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json';
const PATH = '/services/courses/1/memberships';
const LEARNER = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner';

interface Member {
  user_id: string;
  [member: string]: unknown;
}

describe('the demo LMS: GET memberships', () => {
  let demo: RunningDemo;

  beforeEach(async () => {
    demo = await startDemo();
  });

  afterEach(() => demo.stop());

  const read = async (path: string, scopes = [NRPS_SCOPE]) => {
    const token = await getAccessToken(demo, scopes);
    return request(demo.url)
      .get(path)
      .set('Authorization', `Bearer ${token}`)
      .set('Accept', MEMBERSHIPS);
  };
  const membersOf = (answer: request.Response) => (answer.body as { members: Member[] }).members;

  it('lists everyone of the course with roles and what they share', async () => {
    const answer = await read(PATH);

    expect(answer.status).to.equal(200);
    expect(answer.headers['content-type']).to.include(MEMBERSHIPS);
    expect(answer.body).to.deep.include({
      id: `${demo.url}${PATH}`,
      context: {
        id: '1',
        label: 'HIM101',
        title: 'HIM 101 · Introduction to Health Information Management',
      },
    });
    expect(membersOf(answer)).to.have.length(8);
    expect(membersOf(answer)[0]).to.deep.equal({
      status: 'Active',
      user_id: '11',
      roles: [LEARNER],
      name: 'Amara Okafor',
      given_name: 'Amara',
      family_name: 'Okafor',
      email: 'amara.okafor@students.example',
      lis_person_sourcedid: 'SIS-STU-0011',
    });
  });

  it('lists someone who shares nothing by number and roles', async () => {
    const answer = await read(PATH);

    const unnamed = membersOf(answer).find(({ user_id }) => user_id === '15');
    expect(unnamed).to.deep.equal({ status: 'Active', user_id: '15', roles: [LEARNER] });
  });

  it('is walked to its end by the Link header, each member once', async () => {
    const seen: string[] = [];
    let path = `${PATH}?limit=3`;
    for (let pages = 0; path !== '' && pages < 10; pages += 1) {
      const answer = await read(path);
      seen.push(...membersOf(answer).map(({ user_id }) => user_id));
      const next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1] ?? '';
      path = next.slice(demo.url.length);
    }

    expect(seen).to.deep.equal(['11', '12', '13', '14', '15', '21', '31', '41']);
  });

  it('filters by a role, given whole or short, and keeps the filter while paging', async () => {
    const whole = await read(`${PATH}?role=${encodeURIComponent(LEARNER)}`);
    const short = await read(`${PATH}?role=Learner&limit=2`);

    expect(membersOf(whole).map(({ user_id }) => user_id)).to.deep.equal([
      '11',
      '12',
      '13',
      '14',
      '15',
    ]);
    expect(membersOf(short)).to.have.length(2);
    expect(short.headers.link).to.include('role=Learner').and.include('from=2');
  });

  it('adds the custom values of a link to each member', async () => {
    const answer = await read(`${PATH}?rlid=3`);

    expect(membersOf(answer)[0]?.message).to.have.nested.property(
      '[0].https://purl\\.imsglobal\\.org/spec/lti/claim/custom.attempts',
      '3',
    );
  });

  it('refuses an unknown link, a bad page size, a wrong type and a wrong scope', async () => {
    const unknown = await read(`${PATH}?rlid=999`);
    const size = await read(`${PATH}?limit=-1`);
    const scope = await read(PATH, AGS_SCOPES);
    const anonymous = await request(demo.url).get(PATH).set('Accept', MEMBERSHIPS);
    const token = await getAccessToken(demo, [NRPS_SCOPE]);
    const type = await request(demo.url).get(PATH).set('Authorization', `Bearer ${token}`);

    const statuses = [unknown, size, scope, anonymous, type].map(({ status }) => status);
    expect(statuses).to.deep.equal([404, 400, 403, 401, 406]);
  });
});
