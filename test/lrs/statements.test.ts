// The resource /statements over HTTP: what is taken, what is refused, and what is found again (Communication 2.1).
import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Statement, SubStatement } from '../../src/xapi/statement.js';
import {
  buildAgent,
  buildFullStatement,
  buildNestedStatement,
  buildStatement,
} from '../xapi/sample-statements.js';
import { LRS_URL, numbered, openLrs, readStatements, type LrsClient } from './lrs-app.js';

let lrs: LrsClient;

const open = async () => {
  lrs = await openLrs();
};

describe('POST /statements', () => {
  beforeEach(open);

  it('stores one statement and answers its id', async () => {
    const { body } = await lrs.post(buildStatement()).expect(200);

    expect(body).to.deep.equal([buildStatement().id]);
    expect(await lrs.find({})).to.deep.equal([buildStatement().id]);
    expect(lrs.nudged).to.deep.equal(['project-attainment']);
  });

  it('[Comm 2.1.2] answers the ids of a batch in the order it came in, made ones too', async () => {
    const { id: _id, ...withoutId } = buildStatement();

    const { body } = await lrs.post([many(1), withoutId, many(3)].flat()).expect(200);

    const ids = body as string[];
    expect(ids).to.have.lengthOf(3);
    expect([ids[0], ids[2]]).to.deep.equal([numbered(1), numbered(3)]);
    expect(ids[1]).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(await lrs.find({ ascending: 'true' })).to.deep.equal(ids);
  });

  it('[Data 2.4] sets stored, authority, version, and timestamp where it is missing', async () => {
    const { timestamp: _timestamp, ...statement } = buildStatement({
      stored: '1999-01-01T00:00:00Z',
      authority: { mbox: 'mailto:forged@example.org' },
    });

    await lrs.post(statement).expect(200);

    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    const stored = body as Statement;
    expect(stored.authority?.account?.homePage).to.equal(`${LRS_URL}/xapi`);
    expect(stored.version).to.equal('1.0.0');
    expect(stored.timestamp).to.equal(stored.stored);
    expect(new Date(stored.stored ?? '').getTime()).to.be.closeTo(Date.now(), 10_000);
  });

  it('keeps what was sent byte for byte, spaces, order and number spellings included', async () => {
    const sent =
      '{ "verb" : {"id":"https://a.example/v"},"object":{"id":"https://a.example/o"}, "actor":{"mbox":"mailto:a@b.org"},' +
      '"result":{"score":{"raw":1.50},"extensions":{"https://a.example/x.y":{"$set":{"a.b":null},"big":12345678901234567890}}},' +
      `"timestamp":"2026-05-04T10:20:30.1234567+02:00","id":"${numbered(1)}","stored":"2000-01-01T00:00:00Z" }`;

    await lrs
      .call('post', '/statements')
      .set('Content-Type', 'application/json')
      .send(sent)
      .expect(200);

    const { text } = await lrs.get({ statementId: numbered(1) }).expect(200);
    const kept = sent
      .slice(sent.indexOf('"verb"'), sent.indexOf(',"stored"'))
      .replace(', "actor"', ',"actor"');
    expect(text.startsWith(`{${kept},"version":"1.0.0","authority":`)).to.equal(true);
    expect(text).to.not.contain('2000-01-01');
  });

  it('keeps a key that is spelled with escapes apart from none', async () => {
    const sent = JSON.stringify(buildStatement()).replace('"id":"1234', '"\\u0069d":"1234');

    await lrs
      .call('post', '/statements')
      .set('Content-Type', 'application/json')
      .send(sent)
      .expect(200);

    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    expect(Object.keys(body as object).filter((key) => key === 'id')).to.have.lengthOf(1);
  });

  it('[Data 2.4.6.2] gives single context activities back as arrays', async () => {
    const parent = { id: 'https://a.example/parent' };

    await lrs.post(buildStatement({ context: { contextActivities: { parent } } })).expect(200);

    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    expect((body as Statement).context?.contextActivities).to.deep.equal({ parent: [parent] });
  });

  it('[Data 2.4.6.2] gives those of a sub-statement back as arrays too', async () => {
    const other = { id: 'https://a.example/other' };
    const object: SubStatement = {
      objectType: 'SubStatement',
      actor: buildAgent(),
      verb: { id: 'https://a.example/v' },
      object: { id: 'https://a.example/o' },
      context: { contextActivities: { other, parent: [other] }, language: 'en' },
    };

    await lrs.post(buildStatement({ object })).expect(200);

    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    expect((body as Statement).object).to.deep.equal({
      ...object,
      context: { contextActivities: { other: [other], parent: [other] }, language: 'en' },
    });
  });

  it('[Comm 2.1.2] stores nothing of a batch with one bad statement, and says which', async () => {
    const { body } = await lrs
      .post([many(1)[0], { ...buildStatement(), verb: { id: 'no' } }, many(3)[0]])
      .expect(400);

    expect((body as { error: { text: string } }).error.text).to.equal(
      'Statement 2: verb.id is not an absolute IRI. Nothing was stored.',
    );
    expect(await mongoose.connection.collection('statements').countDocuments()).to.equal(0);
  });

  it('[Data 2.3.1] takes the same statement again without a second copy', async () => {
    await lrs.post(buildFullStatement()).expect(200);

    const again = buildFullStatement({ verb: { id: 'http://adlnet.gov/expapi/verbs/answered' } });
    await lrs.post([again, many(2)[0]]).expect(200);

    expect(await mongoose.connection.collection('statements').countDocuments()).to.equal(2);
  });

  it('[Data 2.3.1] refuses another statement of the same id, stores nothing of its batch, and changes nothing', async () => {
    await lrs.post(buildStatement()).expect(200);

    await lrs.post([many(2)[0], buildStatement({ result: { success: true } })]).expect(409);

    expect(await lrs.find({})).to.deep.equal([buildStatement().id]);
    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' });
    expect(body).to.not.have.property('result');
  });

  it('finds the same id in whatever case', async () => {
    const id = 'ABCDEF00-0000-4000-8000-000000000001';
    await lrs.post(buildStatement({ id })).expect(200);

    await lrs.post(buildStatement({ id: id.toLowerCase() })).expect(200);
    const { body } = await lrs.get({ statementId: id.toLowerCase() }).expect(200);

    expect((body as Statement).id).to.equal(id);
  });

  it('refuses two statements of one id in a batch', async () => {
    await lrs
      .post([buildStatement(), buildStatement({ id: buildStatement().id?.toUpperCase() ?? '' })])
      .expect(400);

    expect(await lrs.find({})).to.deep.equal([]);
  });

  it('gives one of the same statement when many send it at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => lrs.post([buildStatement(), ...many(2)])),
    );

    expect(answers.map(({ status }) => status)).to.deep.equal(
      Array.from({ length: 10 }, () => 200),
    );
    expect((await lrs.find({})).sort()).to.deep.equal([numbered(2), buildStatement().id].sort());
  });

  it('keeps one whole batch of those that many send at the same moment with one id and different contents', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, sender) =>
        lrs.post([
          buildStatement({ result: { score: { raw: sender } } }),
          buildStatement({ id: numbered(sender + 1) }),
        ]),
      ),
    );

    const kept = answers.filter(({ status }) => status === 200);
    const ids = await lrs.find({});
    expect(kept).to.have.lengthOf(1);
    expect(answers.filter(({ status }) => status === 409)).to.have.lengthOf(5);
    expect(ids.sort()).to.deep.equal([...(kept[0]?.body as string[])].sort());
  });

  it('refuses more than 1,000 statements and statements above 1 MB as too large', async () => {
    const { id: _id, ...statement } = buildStatement();
    await lrs.post(Array.from({ length: 1_001 }, () => statement)).expect(413);

    const long = 'x'.repeat(1024 * 1024);
    await lrs.post(buildStatement({ result: { response: long } })).expect(413);
    expect(await lrs.find({})).to.deep.equal([]);
  });

  it('takes 1,000 statements at once, in order', async () => {
    await lrs.post(many(...Array.from({ length: 1_000 }, (_, index) => index + 1))).expect(200);

    const first = await lrs.find({ ascending: 'true', limit: '3' });
    const last = await lrs.find({ limit: '3' });
    expect(first).to.deep.equal([1, 2, 3].map(numbered));
    expect(last).to.deep.equal([1_000, 999, 998].map(numbered));
  });

  it('refuses parameters and other content types', async () => {
    await lrs.call('post', '/statements?statementId=x').send(buildStatement()).expect(400);
    await lrs.call('post', '/statements').set('Content-Type', 'text/plain').send('x').expect(400);
    await lrs.call('post', '/statements').expect(400);
  });

  it('keeps 2.0 statements beside 1.0 ones, each with its version', async () => {
    const two = await openLrs({ version: '2.0.0' });
    const statement = buildStatement({
      context: { contextAgents: [{ objectType: 'contextAgent', agent: buildAgent('helper') }] },
    });

    await lrs.post(statement).expect(400);
    await two.post(statement).expect(200).expect('X-Experience-API-Version', '2.0.0');
    await lrs.post(many(1)).expect(200).expect('X-Experience-API-Version', '1.0.3');

    const { body } = await two.get({ ascending: 'true' });
    expect(readStatements(body).map(({ version }) => version)).to.deep.equal(['2.0.0', '1.0.0']);
    expect(await two.find({ agent: JSON.stringify(buildAgent('helper')) })).to.deep.equal([]);
    expect(
      await two.find({ agent: JSON.stringify(buildAgent('helper')), related_agents: 'true' }),
    ).to.deep.equal([statement.id]);
  });
});

describe('PUT /statements', () => {
  beforeEach(open);

  it('stores a statement at the id of its address', async () => {
    const { id: _id, ...statement } = buildStatement();

    await lrs.put(statement, numbered(7)).expect(204);

    const { body } = await lrs.get({ statementId: numbered(7) }).expect(200);
    expect((body as Statement).id).to.equal(numbered(7));
  });

  it('takes the same again and refuses another, which changes nothing', async () => {
    await lrs.put(buildStatement()).expect(204);

    await lrs.put(buildStatement()).expect(204);
    await lrs.put(buildStatement({ object: { id: 'https://a.example/other' } })).expect(409);

    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' });
    expect((body as Statement).object).to.deep.equal(buildStatement().object);
  });

  it('[Comm 2.1.1] refuses an id in the body that is another, a batch, and an address without id', async () => {
    await lrs.put(buildStatement(), numbered(1)).expect(400);
    await lrs
      .call('put', `/statements?statementId=${numbered(1)}`)
      .send([buildStatement()])
      .expect(400);
    await lrs.call('put', '/statements').send(buildStatement()).expect(400);
    await lrs.call('put', '/statements?statementId=x').send(buildStatement()).expect(400);
    expect(await lrs.find({})).to.deep.equal([]);
  });
});

describe('GET /statements', () => {
  beforeEach(open);

  it('gives one by statementId, and 404 for one that is not there', async () => {
    await lrs.post(buildNestedStatement()).expect(200);

    const { body } = await lrs.get({ statementId: buildStatement().id ?? '' }).expect(200);
    expect((body as Statement).object).to.deep.equal(buildNestedStatement().object);
    await lrs.get({ statementId: numbered(1) }).expect(404);
  });

  it('answers an empty search with an empty list and no more', async () => {
    const { body } = await lrs.get({ verb: 'https://a.example/nobody' }).expect(200);

    expect(body).to.deep.equal({ statements: [], more: '' });
  });

  it('finds by agent: actor, object, group and member, whatever their names', async () => {
    const ana = buildAgent('ana');
    await lrs
      .post([
        buildStatement({ id: numbered(1), actor: { ...ana, name: 'Ana' } }),
        buildStatement({
          id: numbered(2),
          actor: buildAgent('ben'),
          object: { ...ana, objectType: 'Agent' },
        }),
        buildStatement({
          id: numbered(3),
          actor: { objectType: 'Group', member: [buildAgent('ben'), ana] },
        }),
        buildStatement({ id: numbered(4), actor: buildAgent('ben') }),
        buildStatement({
          id: numbered(5),
          actor: { objectType: 'Group', mbox: 'mailto:team@example.org' },
        }),
        buildStatement({ id: numbered(6), actor: buildAgent('ben'), context: { instructor: ana } }),
      ])
      .expect(200);

    expect(await lrs.find({ agent: JSON.stringify(ana), ascending: 'true' })).to.deep.equal(
      [1, 2, 3].map(numbered),
    );
    expect(
      await lrs.find({ agent: '{"objectType":"Group","mbox":"mailto:team@EXAMPLE.org"}' }),
    ).to.deep.equal([numbered(5)]);
    expect(
      await lrs.find({ agent: JSON.stringify(ana), related_agents: 'true', ascending: 'true' }),
    ).to.deep.equal([1, 2, 3, 6].map(numbered));
  });

  it('finds by the authority with related_agents', async () => {
    await lrs.post(many(1)).expect(200);
    const { body } = await lrs.get({ statementId: numbered(1) });

    const agent = JSON.stringify((body as Statement).authority);

    expect(await lrs.find({ agent })).to.deep.equal([]);
    expect(await lrs.find({ agent, related_agents: 'true' })).to.deep.equal([numbered(1)]);
  });

  it('finds by verb, activity and registration, alone and together', async () => {
    const registration = 'C0FFEE00-1111-4222-8333-444455556666';
    await lrs
      .post([
        buildStatement({ id: numbered(1), verb: { id: 'https://a.example/v' } }),
        buildStatement({ id: numbered(2), object: { id: 'https://a.example/o' } }),
        buildStatement({
          id: numbered(3),
          verb: { id: 'https://a.example/v' },
          object: { id: 'https://a.example/o' },
          context: { registration },
        }),
      ])
      .expect(200);

    expect(await lrs.find({ verb: 'https://a.example/v' })).to.deep.equal([3, 1].map(numbered));
    expect(await lrs.find({ activity: 'https://a.example/o' })).to.deep.equal([3, 2].map(numbered));
    expect(await lrs.find({ registration: registration.toLowerCase() })).to.deep.equal([
      numbered(3),
    ]);
    expect(
      await lrs.find({
        verb: 'https://a.example/v',
        activity: 'https://a.example/o',
        registration,
        agent: JSON.stringify(buildAgent()),
      }),
    ).to.deep.equal([numbered(3)]);
    expect(await lrs.find({ verb: 'https://a.example/o' })).to.deep.equal([]);
  });

  it('finds by activities of the context and of a sub-statement only with related_activities', async () => {
    const activity = 'https://a.example/competency';
    const { object: nested } = buildNestedStatement();
    await lrs
      .post([
        buildStatement({
          id: numbered(1),
          context: { contextActivities: { other: [{ id: activity }] } },
        }),
        buildStatement({
          id: numbered(2),
          object: { ...nested, object: { id: activity } } as Statement['object'],
        }),
        buildStatement({ id: numbered(3), object: { id: activity } }),
      ])
      .expect(200);

    expect(await lrs.find({ activity })).to.deep.equal([numbered(3)]);
    expect(
      await lrs.find({ activity, related_activities: 'true', ascending: 'true' }),
    ).to.deep.equal([1, 2, 3].map(numbered));
  });

  it('[Comm 2.1.3] takes since as later than, and until as not later than', async () => {
    await lrs.post(many(1, 2, 3)).expect(200);
    const { body } = await lrs.get({ ascending: 'true' });
    const second = readStatements(body)[1]?.stored ?? '';

    expect(await lrs.find({ since: second })).to.deep.equal([numbered(3)]);
    expect(await lrs.find({ until: second, ascending: 'true' })).to.deep.equal(
      [1, 2].map(numbered),
    );
    expect(await lrs.find({ since: second, until: second })).to.deep.equal([]);
  });

  it('gives every statement of a batch another stored, rising', async () => {
    await lrs.post(many(1, 2, 3, 4, 5)).expect(200);
    await lrs.post(many(6, 7)).expect(200);

    const { body } = await lrs.get({ ascending: 'true' });
    const stored = readStatements(body).map((statement) => statement.stored ?? '');
    expect(stored).to.deep.equal([...new Set(stored)].sort());
    expect(stored).to.have.lengthOf(7);
  });

  for (const order of ['true', 'false'])
    it(`follows more to the end without loss or repetition, ascending ${order}, also while statements come in`, async () => {
      await lrs.post(many(1, 2, 3, 4, 5, 6, 7)).expect(200);
      const seen: (string | undefined)[] = [];
      let next = `/statements?limit=3&ascending=${order}&verb=${encodeURIComponent(buildStatement().verb.id)}`;

      for (let page = 0; next !== ''; page += 1) {
        const { body } = await lrs.call('get', next).expect(200);
        seen.push(...readStatements(body).map(({ id }) => id));
        const { more } = body as { more: string };
        if (more !== '') expect(more).to.match(/^\/xapi\/statements\?more=/);
        next = more.replace(/^\/xapi/, '');
        if (page === 0) await lrs.post(many(8)).expect(200);
      }

      const before = [1, 2, 3, 4, 5, 6, 7].map(numbered);
      expect(seen).to.deep.equal(order === 'true' ? [...before, numbered(8)] : before.reverse());
    });

  it('refuses a more that it did not give, or that was changed', async () => {
    await lrs.post(many(1, 2)).expect(200);
    const { body } = await lrs.get({ limit: '1' });
    const token =
      new URLSearchParams((body as { more: string }).more.split('?')[1]).get('more') ?? '';

    await lrs.get({ more: token }).expect(200);
    await lrs.get({ more: `x${token}` }).expect(400);
    await lrs.get({ more: 'x' }).expect(400);
    await lrs.get({ more: token, limit: '5' }).expect(400);
  });

  for (const [title, query] of Object.entries({
    'an unknown parameter': 'unknown=1',
    'a parameter in another case': 'StatementId=12345678-1234-4234-8234-123456789012',
    'both ids': `statementId=${numbered(1)}&voidedStatementId=${numbered(1)}`,
    'an id beside a filter': `statementId=${numbered(1)}&verb=https%3A%2F%2Fa.b`,
    'an id beside a limit': `voidedStatementId=${numbered(1)}&limit=1`,
    'a parameter twice': 'limit=1&limit=2',
    'an id that is none': 'statementId=1',
    'a boolean that is none': 'ascending=True',
    'a limit that is none': 'limit=-1',
    'a limit in words': 'limit=ten',
    'a moment that is none': 'since=yesterday',
    'a moment without zone': 'until=2026-01-01T00:00:00',
    'a format that is none': 'format=short',
    'a verb that is no IRI': 'verb=completed',
    'an activity that is no IRI': 'activity=x',
    'a registration that is no UUID': 'registration=x',
    'an agent that is no JSON': 'agent=ana',
    'an agent without identifier': 'agent=%7B%22name%22%3A%22ana%22%7D',
    'an anonymous group':
      'agent=%7B%22objectType%22%3A%22Group%22%2C%22member%22%3A%5B%7B%22mbox%22%3A%22mailto%3Aa%40b.org%22%7D%5D%7D',
    'an agent with a bad account': 'agent=%7B%22account%22%3A%7B%22name%22%3A1%7D%7D',
  }))
    it(`refuses ${title}`, async () => {
      const { body } = await lrs.call('get', `/statements?${query}`).expect(400);

      expect((body as { error: { code: string } }).error.code).to.equal('lrs.parameter');
    });

  it('answers HEAD as GET without a body', async () => {
    await lrs.post(many(1)).expect(200);

    const head = await lrs.call('head', `/statements?statementId=${numbered(1)}`).expect(200);
    const { text } = await lrs.get({ statementId: numbered(1) });

    expect(Number(head.headers['content-length'])).to.equal(Buffer.byteLength(text));
    expect(head.text ?? '').to.equal('');
    await lrs.call('head', `/statements?statementId=${numbered(2)}`).expect(404);
  });

  it('[Comm 2.1.3] says on every answer how far it is consistent, refusals included', async () => {
    const before = Date.now();
    const answers = [
      await lrs.post(many(1)),
      await lrs.put(buildStatement()),
      await lrs.get({}),
      await lrs.get({ statementId: numbered(1) }),
      await lrs.get({ statementId: numbered(9) }),
      await lrs.get({ limit: 'x' }),
      await lrs.call('delete', '/statements'),
      await lrs.call('get', '/statements').set('Authorization', 'Basic x'),
    ];

    for (const { headers } of answers) {
      const through = Date.parse(headers['x-experience-api-consistent-through'] as string);
      expect(through).to.be.within(before, Date.now() + 1_000);
    }
  });

  it('shows nothing after a statement that is still being written, and says so', async () => {
    await lrs.post(many(1)).expect(200);
    await mongoose.connection
      .collection<{ _id: string }>('sequences')
      .updateOne({ _id: 'lrs' }, { $inc: { last: 1, lastUs: 1 } });
    await lrs.post(many(3)).expect(200);

    const { body, headers } = await lrs.get({}).expect(200);

    const [shown] = readStatements(body);
    expect(readStatements(body)).to.have.lengthOf(1);
    expect(shown?.id).to.equal(numbered(1));
    expect(headers['x-experience-api-consistent-through']).to.equal(shown?.stored);
    await lrs.get({ statementId: numbered(3) }).expect(200);
  });
});

describe('formats', () => {
  beforeEach(open);

  const names = { en: 'A question', de: 'Eine Frage', 'es-MX': 'Una pregunta' };

  it('ids leaves what identifies', async () => {
    await lrs.post(buildFullStatement()).expect(200);

    const { body } = await lrs.get({ format: 'ids' }).expect(200);

    const [statement] = readStatements(body);
    expect(statement?.verb).to.deep.equal({ id: buildFullStatement().verb.id });
    expect(statement?.object).to.deep.equal({ id: 'https://lms.example/activities/1' });
    expect(statement?.actor).to.deep.equal({
      objectType: 'Group',
      mbox: 'mailto:team@example.org',
    });
    expect(statement?.context?.contextActivities?.other).to.deep.equal([
      { id: 'https://lms.example/other' },
    ]);
  });

  for (const [header, expected] of [
    ['de', 'Eine Frage'],
    ['es', 'Una pregunta'],
    ['fr, es-mx;q=0.5, de;q=0.8', 'Eine Frage'],
    ['de-CH', 'Eine Frage'],
    ['fr', 'A question'],
    ['', 'A question'],
  ] as const)
    it(`canonical chooses one language of each map: ${header || 'no wish'}`, async () => {
      await lrs
        .post(
          buildStatement({ object: { id: 'https://a.example/o', definition: { name: names } } }),
        )
        .expect(200);

      const { body } = await lrs
        .get({ format: 'canonical' })
        .set('Accept-Language', header)
        .expect(200);

      const object = readStatements(body)[0]?.object as {
        definition: { name: Record<string, string> };
      };
      expect(Object.values(object.definition.name)).to.deep.equal([expected]);
    });

  it('apply to a single statement and go on with more', async () => {
    await lrs.post([buildFullStatement(), ...many(1)]).expect(200);

    const one = await lrs
      .get({ statementId: buildStatement().id ?? '', format: 'ids' })
      .expect(200);
    const { body } = await lrs.get({ format: 'ids', limit: '1' });
    const next = await lrs
      .call('get', (body as { more: string }).more.replace('/xapi', ''))
      .expect(200);

    expect((one.body as Statement).verb).to.not.have.property('display');
    expect(readStatements(next.body)[0]?.verb).to.not.have.property('display');
  });
});

describe('attachments=true', () => {
  beforeEach(open);

  it('[Comm 2.1.4] answers in parts, the first being the JSON, and so do the pages that follow', async () => {
    await lrs.post(many(1, 2)).expect(200);

    const first = await lrs.get({ attachments: 'true', limit: '1' }).buffer(true).parse(readText);
    const one = await lrs
      .get({ attachments: 'true', statementId: numbered(1) })
      .buffer(true)
      .parse(readText);
    const plain = await lrs
      .get({ attachments: 'false' })
      .expect('Content-Type', 'application/json');

    const { more, statements } = readFirstPart(first) as { more: string; statements: Statement[] };
    const next = await lrs.call('get', more.replace('/xapi', '')).buffer(true).parse(readText);
    expect(statements.map(({ id }) => id)).to.deep.equal([numbered(2)]);
    expect((readFirstPart(one) as Statement).id).to.equal(numbered(1));
    expect((readFirstPart(next) as { statements: Statement[] }).statements[0]?.id).to.equal(
      numbered(1),
    );
    expect(readStatements(plain.body)).to.have.lengthOf(2);
  });
});

describe('GET /about', () => {
  beforeEach(open);

  it('says the versions to everyone', async () => {
    const { body } = await lrs
      .call('get', '/about')
      .unset('Authorization')
      .unset('X-Experience-API-Version')
      .expect(200);

    expect((body as { version: string[] }).version).to.include.members(['1.0.3', '2.0.0']);
  });
});

/** The text of an answer, whatever its media type. */
function readText(
  answer: {
    setEncoding(encoding: string): void;
    on(event: string, listen: (text: string) => void): void;
  },
  done: (error: Error | null, text: string) => void,
): void {
  let text = '';
  answer.setEncoding('utf8');
  answer.on('data', (part) => (text += part));
  answer.on('end', () => done(null, text));
}

function readFirstPart(answer: { headers: Record<string, string>; body: unknown }): unknown {
  const boundary = /^multipart\/mixed; boundary=(\S+)$/.exec(
    answer.headers['content-type'] ?? '',
  )?.[1];
  const [, part = ''] = String(answer.body).split(`--${boundary ?? 'none'}\r\n`);
  const [head = '', json = ''] = part.split('\r\n\r\n');
  expect(head).to.equal('Content-Type: application/json');
  expect(String(answer.body).endsWith(`\r\n--${boundary ?? 'none'}--\r\n`)).to.equal(true);
  return JSON.parse(json.split('\r\n--')[0] ?? '');
}

function many(...numbers: number[]): Statement[] {
  return numbers.map((number) => buildStatement({ id: numbered(number) }));
}
