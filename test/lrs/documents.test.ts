// The document resources over HTTP (Communication 2.2 to 2.7): state, activity profile and agent profile.
import { expect } from 'chai';
import { openLrs, type LrsClient } from './lrs-app.js';

const AGENT = JSON.stringify({ mbox: 'mailto:ana@school.example' });
const ACTIVITY = 'https://course.example/activities/1';
const REGISTRATION = '0e1b6a52-6a1e-4a53-9d0b-6a3f1f0e7b21';

interface Resource {
  title: string;
  path: string;
  idName: string;
  query: Record<string, string>;
}

const RESOURCES: Resource[] = [
  {
    title: '/activities/state',
    path: '/activities/state',
    idName: 'stateId',
    query: { activityId: ACTIVITY, agent: AGENT },
  },
  {
    title: '/activities/profile',
    path: '/activities/profile',
    idName: 'profileId',
    query: { activityId: ACTIVITY },
  },
  {
    title: '/agents/profile',
    path: '/agents/profile',
    idName: 'profileId',
    query: { agent: AGENT },
  },
];

const address = ({ path, query }: Resource, more: Record<string, string> = {}) =>
  `${path}?${new URLSearchParams({ ...query, ...more }).toString()}`;
const at = (resource: Resource, id: string, more: Record<string, string> = {}) =>
  address(resource, { [resource.idName]: id, ...more });

/** Stores where nothing is, as both versions allow. */
const put = (lrs: LrsClient, path: string, body: object) =>
  lrs.call('put', path).set('If-None-Match', '*').send(body);

for (const resource of RESOURCES)
  describe(resource.title, () => {
    let lrs: LrsClient;
    beforeEach(async () => {
      lrs = await openLrs();
    });

    it('gives a document back byte for byte, with its media type, a tag and the time of its change', async () => {
      const bytes = Buffer.from([0, 255, 13, 10, 128]);
      await lrs
        .call('put', at(resource, 'picture'))
        .set('If-None-Match', '*')
        .set('Content-Type', 'image/png')
        .send(bytes)
        .expect(204);

      const { body, headers } = await lrs.call('get', at(resource, 'picture')).expect(200);

      expect(body).to.deep.equal(bytes);
      expect(headers['content-type']).to.equal('image/png');
      expect(headers['etag']).to.match(/^"[0-9a-f]{40}"$/);
      expect(new Date(String(headers['last-modified'])).getTime()).to.be.greaterThan(0);
    });

    it('[Comm 2.2] merges JSON by its top-level keys, and keeps every number as it was written', async () => {
      await put(lrs, at(resource, 'a'), { kept: { deep: 1 }, gone: 1 }).expect(204);
      await lrs
        .call('post', at(resource, 'a'))
        .set('Content-Type', 'application/json')
        .serialize((text: unknown) => text as string)
        .send('{"gone":{"other":2},"exact":1.10}')
        .expect(204);

      const { text } = await lrs.call('get', at(resource, 'a')).expect(200);

      expect(text).to.equal('{"kept":{"deep":1},"gone":{"other":2},"exact":1.10}');
    });

    for (const { title, type, text } of [
      { title: 'an array', type: 'application/json', text: '[1]' },
      { title: 'broken JSON', type: 'application/json', text: '{"a":' },
      { title: 'a key that stands twice', type: 'application/json', text: '{"a":1,"a":2}' },
      { title: 'plain text', type: 'text/plain', text: 'words' },
    ])
      it(`refuses to merge ${title} into a JSON document, which stays`, async () => {
        await put(lrs, at(resource, 'a'), { kept: 1 }).expect(204);

        await lrs
          .call('post', at(resource, 'a'))
          .set('Content-Type', type)
          .serialize((body: unknown) => body as string)
          .send(text)
          .expect(400);

        const { body } = await lrs.call('get', at(resource, 'a')).expect(200);
        expect(body).to.deep.equal({ kept: 1 });
      });

    it('[Comm 3.1] changes a document only for who names what is there', async () => {
      await put(lrs, at(resource, 'a'), { n: 1 }).expect(204);
      const before = await lrs.call('get', at(resource, 'a')).expect(200);
      const tag = String(before.headers['etag']);
      const change = (method: 'put' | 'post' | 'delete', match: string) =>
        lrs.call(method, at(resource, 'a')).set('If-Match', match).send({ n: 2 });

      for (const method of ['put', 'post', 'delete'] as const)
        await change(method, `"${'0'.repeat(40)}"`).expect(412);
      await put(lrs, at(resource, 'a'), { n: 3 }).expect(412);
      await change('put', tag).expect(204);
      await change('put', tag).expect(412);

      const { body } = await lrs.call('get', at(resource, 'a')).expect(200);
      expect(body).to.deep.equal({ n: 2 });
    });

    it('lets one of many that replace the same content at the same moment win', async () => {
      await put(lrs, at(resource, 'a'), { n: 0 }).expect(204);
      const { headers } = await lrs.call('get', at(resource, 'a')).expect(200);
      const tag = String(headers['etag']);

      const answers = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) =>
          lrs.call('put', at(resource, 'a')).set('If-Match', tag).send({ n }),
        ),
      );

      expect(answers.map(({ status }) => status).sort()).to.deep.equal([
        204, 412, 412, 412, 412, 412,
      ]);
    });

    it('loses no member when many merge at the same moment', async () => {
      const keys = ['a', 'b', 'c', 'd', 'e'];

      await Promise.all(
        keys.map((key) =>
          lrs
            .call('post', at(resource, 'm'))
            .send({ [key]: 1 })
            .expect(204),
        ),
      );

      const { body } = await lrs.call('get', at(resource, 'm')).expect(200);
      expect(Object.keys(body as object).sort()).to.deep.equal(keys);
    });

    it('lists ids, those changed after a moment where one is given', async () => {
      await put(lrs, at(resource, 'old'), {}).expect(204);
      const old = await lrs.call('get', at(resource, 'old')).expect(200);
      const since = new Date(new Date(String(old.headers['last-modified'])).getTime() - 60_000);
      const later = new Date(Date.now() + 3_600_000);

      const all = await lrs.call('get', address(resource, { since: since.toISOString() }));
      const none = await lrs.call('get', address(resource, { since: later.toISOString() }));

      expect(all.body).to.deep.equal(['old']);
      expect(none.body).to.deep.equal([]);
    });

    it('deletes a document, and answers 204 where there was none', async () => {
      await put(lrs, at(resource, 'a'), {}).expect(204);

      await lrs.call('delete', at(resource, 'a')).expect(204);
      await lrs.call('delete', at(resource, 'a')).expect(204);

      await lrs.call('get', at(resource, 'a')).expect(404);
    });

    it('answers HEAD as GET, without the content', async () => {
      await put(lrs, at(resource, 'a'), { n: 1 }).expect(204);

      const { headers, text } = await lrs.call('head', at(resource, 'a')).expect(200);

      expect(headers['etag']).to.be.a('string');
      expect(text ?? '').to.equal('');
    });

    for (const { title, query } of [
      { title: 'no id', query: {} },
      { title: 'an empty id', query: { [resource.idName]: '' } },
      { title: 'an unknown parameter', query: { [resource.idName]: 'a', unknown: '1' } },
      { title: 'a parameter in another case', query: { [resource.idName.toUpperCase()]: 'a' } },
      { title: 'an id of 3,000 characters', query: { [resource.idName]: 'x'.repeat(3_000) } },
    ])
      it(`refuses ${title} with 400 in words`, async () => {
        const { body } = await put(lrs, address(resource, query), {}).expect(400);

        expect((body as { error: { code: string } }).error.code).to.equal('lrs.parameter');
      });

    it('refuses a key without the scope, and a document of more than 10 MB', async () => {
      const other = await openLrs({ scopes: ['statements/write'] });

      await put(other, at(resource, 'a'), {}).expect(403);
      await lrs
        .call('put', at(resource, 'a'))
        .set('If-None-Match', '*')
        .set('Content-Type', 'application/octet-stream')
        .send(Buffer.alloc(10 * 1024 * 1024 + 1))
        .expect(413);
    });
  });

describe('/activities/state', () => {
  const [state] = RESOURCES as [Resource];

  it('keeps the states of registrations apart, and deletes those of one alone', async () => {
    const lrs = await openLrs();
    const registered = { registration: REGISTRATION };
    await put(lrs, at(state, 'a'), { own: 1 }).expect(204);
    await put(lrs, at(state, 'a', registered), { own: 2 }).expect(204);
    await put(lrs, at(state, 'b', registered), { own: 3 }).expect(204);

    const ofOne = await lrs.call('get', address(state, registered)).expect(200);
    await lrs.call('delete', address(state, registered)).expect(204);

    expect(ofOne.body).to.have.members(['a', 'b']);
    const { body } = await lrs.call('get', at(state, 'a')).expect(200);
    expect(body).to.deep.equal({ own: 1 });
    await lrs.call('get', at(state, 'a', registered)).expect(404);
  });

  it('finds the states of an agent however its account is written', async () => {
    const lrs = await openLrs();
    const agents = [
      { account: { homePage: 'https://lms.example', name: '7' } },
      { name: 'Ana', account: { name: '7', homePage: 'https://lms.example' }, objectType: 'Agent' },
    ].map((agent) => JSON.stringify(agent));
    await put(lrs, at(state, 'a', { agent: agents[0] ?? '' }), { n: 1 }).expect(204);

    const { body } = await lrs.call('get', at(state, 'a', { agent: agents[1] ?? '' })).expect(200);

    expect(body).to.deep.equal({ n: 1 });
  });

  for (const { title, more } of [
    {
      title: 'a group as agent',
      more: { agent: '{"objectType":"Group","mbox":"mailto:a@b.org"}' },
    },
    { title: 'an agent that is no JSON', more: { agent: '{"mbox"' } },
    {
      title: 'an agent with two identifiers',
      more: { agent: '{"mbox":"mailto:a@b.org","openid":"https://a.org/"}' },
    },
    { title: 'an activity that is no IRI', more: { activityId: 'here' } },
    { title: 'a registration that is no UUID', more: { registration: '7' } },
  ])
    it(`refuses ${title} with 400`, async () => {
      const lrs = await openLrs();

      await put(lrs, at(state, 'a', more), {}).expect(400);
    });

  it('may be overwritten blindly in 1.0.3, so that players which save without reading go on working', async () => {
    const lrs = await openLrs({ version: '1.0.3' });

    await lrs.call('put', at(state, 'a')).send({ n: 1 }).expect(204);
    await lrs.call('put', at(state, 'a')).send({ n: 2 }).expect(204);
  });

  it('may not in 2.0: 409, and what was there stays', async () => {
    const lrs = await openLrs({ version: '2.0.0' });
    await lrs.call('put', at(state, 'a')).send({ n: 1 }).expect(204);

    await lrs.call('put', at(state, 'a')).send({ n: 2 }).expect(409);

    const { body } = await lrs.call('get', at(state, 'a')).expect(200);
    expect(body).to.deep.equal({ n: 1 });
  });
});

describe('the profiles', () => {
  for (const resource of RESOURCES.slice(1)) {
    it(`[Comm 3.1] ${resource.path} is never overwritten blindly`, async () => {
      const lrs = await openLrs();
      await put(lrs, at(resource, 'a'), { n: 1 }).expect(204);

      await lrs.call('put', at(resource, 'a')).send({ n: 2 }).expect(409);
    });
    it(`${resource.path} asks in 1.0.3 for a condition where nothing is yet, in 2.0 it does not`, async () => {
      const first = await openLrs({ version: '1.0.3' });
      const second = await openLrs({ version: '2.0.0' });

      await first.call('put', at(resource, 'a')).send({}).expect(400);
      await second.call('put', at(resource, 'a')).send({}).expect(204);
    });
  }
});
