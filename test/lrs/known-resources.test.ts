// The resources /activities and /agents (Communication 2.4 and 2.6), and the alternate request syntax (1.3).
import { expect } from 'chai';
import request from 'supertest';
import { buildStatement } from '../xapi/sample-statements.js';
import { numbered, openLrs, type LrsClient } from './lrs-app.js';

const ACTIVITY = 'https://course.example/activities/1';
const ANA = { mbox: 'mailto:ana@school.example' };
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

describe('/activities', () => {
  const activity = (definition: object) => ({ id: ACTIVITY, definition });

  it('[Comm 2.4] gives the definition as the newest statements tell it, texts in every language told', async () => {
    const lrs = await openLrs();
    const type = 'http://adlnet.gov/expapi/activities/lesson';
    await lrs
      .post([
        buildStatement({
          id: numbered(1),
          object: activity({ name: { en: 'Old', es: 'Antiguo' } }),
        }),
        buildStatement({ id: numbered(2), object: activity({ name: { en: 'New' }, type }) }),
      ])
      .expect(200);

    const { body } = await lrs
      .call('get', `/activities?${query({ activityId: ACTIVITY })}`)
      .expect(200);

    expect(body).to.deep.equal({
      objectType: 'Activity',
      id: ACTIVITY,
      definition: { name: { en: 'New', es: 'Antiguo' }, type },
    });
  });

  it('gives the bare activity where no statement told of it', async () => {
    const lrs = await openLrs();

    const { body } = await lrs
      .call('get', `/activities?${query({ activityId: ACTIVITY })}`)
      .expect(200);

    expect(body).to.deep.equal({ objectType: 'Activity', id: ACTIVITY });
  });

  it('[Comm 4.3] believes no key that may not define', async () => {
    const writer = await openLrs({ scopes: ['statements/write'] });
    await writer.post(buildStatement({ object: activity({ name: { en: 'Forged' } }) })).expect(200);
    const reader = await openLrs();

    const { body } = await reader
      .call('get', `/activities?${query({ activityId: ACTIVITY })}`)
      .expect(200);

    expect(body).to.deep.equal({ objectType: 'Activity', id: ACTIVITY });
  });

  for (const path of ['/activities', '/activities?activityId=here', '/activities?x=1'])
    it(`refuses ${path} with 400`, async () => {
      await (await openLrs()).call('get', path).expect(400);
    });
});

describe('/agents', () => {
  const open = async (scopes: string[]) => {
    const lrs = await openLrs();
    await lrs
      .post([
        buildStatement({ id: numbered(1), actor: { ...ANA, name: 'Ana' } }),
        buildStatement({ id: numbered(2), actor: { ...ANA, name: 'Ana Ruiz' } }),
      ])
      .expect(200);
    return openLrs({ scopes });
  };
  const ask = (lrs: LrsClient) =>
    lrs.call('get', `/agents?${query({ agent: JSON.stringify(ANA) })}`).expect(200);

  it('[Comm 2.4.1] gives a person whose every part is a list', async () => {
    const { body } = await ask(await open(['all']));

    expect(body).to.deep.equal({
      objectType: 'Person',
      name: ['Ana Ruiz', 'Ana'],
      mbox: [ANA.mbox],
    });
  });

  it('tells no name to a key that may not read statements', async () => {
    const { body } = await ask(await open(['state']));

    expect(body).to.deep.equal({ objectType: 'Person', mbox: [ANA.mbox] });
  });

  for (const path of ['/agents', '/agents?agent=x', '/agents?agent={"objectType":"Group"}'])
    it(`refuses ${path} with 400`, async () => {
      await (await openLrs()).call('get', path).expect(400);
    });
});

describe('the alternate request syntax', () => {
  const state = { activityId: ACTIVITY, agent: JSON.stringify(ANA), stateId: 'a' };
  const send = (lrs: LrsClient, method: string, fields: Record<string, string>) =>
    request(lrs.app).post(`/xapi/activities/state?method=${method}`).type('form').send(fields);
  const signed = (lrs: LrsClient, version = '1.0.3') => ({
    Authorization: lrs.authorization,
    'X-Experience-API-Version': version,
  });

  it('[Comm 1.3] does in 1.0.3 what the form says, headers and content in it', async () => {
    const lrs = await openLrs();
    const content = JSON.stringify({ words: 'ä & = +' });

    await send(lrs, 'PUT', { ...signed(lrs), ...state, content }).expect(204);
    const { body, headers } = await send(lrs, 'GET', { ...signed(lrs), ...state }).expect(200);

    expect(body).to.deep.equal({ words: 'ä & = +' });
    expect(headers['x-experience-api-version']).to.equal('1.0.3');
  });

  it('is refused in 2.0, which has taken it out', async () => {
    const lrs = await openLrs();

    await send(lrs, 'GET', { ...signed(lrs, '2.0.0'), ...state }).expect(400);
  });

  it('is refused without credentials, with a strange method, and with anything else in the address', async () => {
    const lrs = await openLrs();

    await send(lrs, 'GET', { 'X-Experience-API-Version': '1.0.3', ...state }).expect(401);
    await send(lrs, 'TRACE', { ...signed(lrs), ...state }).expect(400);
    await send(lrs, 'GET&stateId=a', { ...signed(lrs), ...state }).expect(400);
  });
});
