import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import '../../src/main.js'; // The whole composition, and with it every model.
import { withLease } from '../../src/db/lease.js';
import { listModels } from '../../src/db/models.js';
import { resealAll } from '../../src/db/reseal.js';
import {
  checkSecretFingerprint,
  findSecretFingerprint,
  recordSecretFingerprint,
} from '../../src/db/schema-version.js';
import { createToolKeys } from '../../src/lti/tool-keys.js';
import { openPassword } from '../../src/outbox/destinations.js';
import { readNamespace } from '../../src/outbox/statement-namespace.js';
import {
  acceptPreviousSecrets,
  openSealedText,
  sealText,
  secretFingerprint,
} from '../../src/secrets.js';
import { buildActor } from '../../src/xapi/actor.js';
import { packageRoot } from '../../src/package-root.js';
import { testDatabase } from '../support/engine.js';
import { refusal } from '../support/refusal.js';
import { addDestination } from '../outbox/add-destination.js';

const oldSecret = 'the secret of last year, long enough';
const secret = 'the secret of this year, long enough';
const now = () => new Date('2026-03-01T08:00:00Z');
const reseal = () => resealAll({ secret, holder: 'test', now });

describe('resealAll', () => {
  beforeEach(async () => {
    acceptPreviousSecrets({ secret, previous: [oldSecret] });
    await recordSecretFingerprint({ fingerprint: secretFingerprint(oldSecret) });
  });
  afterEach(() => acceptPreviousSecrets({ secret, previous: [] }));

  it('seals every field of every collection anew, and only then lets the previous secret go', async () => {
    const before = await fillUnderOldSecret();

    const done = await reseal();
    acceptPreviousSecrets({ secret, previous: [] });

    expect(Object.values(done.sealed)).to.deep.equal(listSealedFields().map(() => 1));
    expect(await findSecretFingerprint()).to.equal(secretFingerprint(secret));
    for (const { collection, field, purpose } of listSealedFields()) {
      const record = await records(collection).findOne({});
      const sealed: unknown = readField(field, record);
      expect(openSealedText({ secret, purpose, sealed: String(sealed) })).to.equal(
        before.get(`${collection}.${field}`),
      );
    }
  });

  it('goes on where it was stopped, and changes nothing a second time', async () => {
    await fillUnderOldSecret();
    const [first] = listSealedFields();
    if (!first) throw new Error('nothing is sealed');
    const renewed = sealText({ secret, purpose: first.purpose, text: 'done before the stop' });
    await records(first.collection).updateOne({}, { $set: { [first.field]: renewed } });

    const { already } = await reseal();
    const again = await reseal();

    expect(already).to.equal(1);
    expect(again.sealed).to.deep.equal({});
    const record = await records(first.collection).findOne({});
    expect(readField(first.field, record)).to.equal(renewed);
  });

  it('keeps the fingerprint and names the records where a secret is missing, and does all others', async () => {
    await fillUnderOldSecret();
    const stranger = sealText({
      secret: 'a third secret that nobody gave',
      purpose: 'tool-key',
      text: 'x',
    });
    await records('toolKeys').updateOne({}, { $set: { sealedPrivateKey: stranger } });

    const error = await refusal(reseal());

    expect(error).to.deep.include({ code: 'database.reseal-unreadable', status: 409 });
    expect(error.values['records']).to.equal('toolKeys/one');
    expect(await findSecretFingerprint()).to.equal(secretFingerprint(oldSecret));
    acceptPreviousSecrets({ secret, previous: [] });
    const namespace = await records('statementNamespaces').findOne({});
    const sealed = String(namespace?.['sealed']);
    expect(openSealedText({ secret, purpose: 'statement-namespace', sealed })).to.include('text');
  });

  it('forgets what ends by itself and opens under no secret', async () => {
    const stranger = sealText({
      secret: 'a third secret that nobody gave',
      purpose: 'service-token',
      text: 'x',
    });
    await records('serviceTokens').insertOne({ _id: 't', sealedToken: stranger, expiresAt: now() });

    await reseal();

    expect(await records('serviceTokens').countDocuments()).to.equal(0);
  });

  it('is done by one process at a time', async () => {
    const outcome = await withLease({ name: 'reseal', holder: 'other', ttlMs: 60_000, now }, () =>
      refusal(reseal()),
    );

    expect(outcome).to.have.property('held', true);
    expect(outcome).to.have.nested.property('result.code', 'database.reseal-busy');
  });

  it('leaves learners their pseudonyms, keys their ids and record stores their passwords', async () => {
    const signing = await createToolKeys({ secret: oldSecret, now }).signingKey();
    const { id: destination } = await addDestination({
      name: 'Elsewhere',
      endpoint: 'https://lrs.example',
      key: 'key',
      password: 'a password',
      secret: oldSecret,
      now: now(),
    });
    const person = async (under: string) =>
      buildActor({
        mode: 'pseudonymous',
        url: 'https://tool.example',
        issuer: 'https://lms.example',
        sub: 's',
        user: 'u',
        pseudonymKey: await readNamespace({ secret: under }),
      });
    const before = await person(oldSecret);

    await reseal();
    acceptPreviousSecrets({ secret, previous: [] });

    expect(await person(secret)).to.deep.equal(before);
    expect(await createToolKeys({ secret, now }).signingKey()).to.deep.equal(signing);
    expect(await openPassword({ destination, secret })).to.equal('a password');
  });
});

describe('checkSecretFingerprint', () => {
  it('lets a previous secret of the data pass, and says that it changed', async () => {
    const [fingerprint, previous] = [secretFingerprint(secret), [secretFingerprint(oldSecret)]];
    await recordSecretFingerprint({ fingerprint: secretFingerprint(oldSecret) });

    expect(await checkSecretFingerprint({ fingerprint, previous })).to.equal('changed');
    expect((await refusal(checkSecretFingerprint({ fingerprint }))).code).to.equal(
      'database.wrong-secret',
    );
  });
});

describe('every sealed text', () => {
  const source = join(packageRoot(), 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }));
  /** Every file that seals, with the purpose it seals for: a new one is to be added here, and its field to its model. */
  const stored: Record<string, string> = {
    'lti/offer-registration.ts': 'registration-request',
    'lti/rotate-tool-keys.ts': 'tool-key',
    'lti/service-tokens.ts': 'service-token',
    'lti/store-registration.ts': 'registration-token',
    'outbox/destinations.ts': 'destination-password',
    'outbox/statement-namespace.ts': 'statement-namespace',
    'sources/evidence-sources.ts': 'source-password',
  };
  /** What is sealed into what a browser carries and is not stored: begun again, or done without, after a change. */
  const passing = [
    'lti/confirm-registration.ts', // the platform's answer in the form of "try again"
    'lti/sealed-login.ts', // the state of a login
    'lti/sealed-step.ts', // a login between two of its steps
    'lti/way-back.ts', // where a course is, for a page that says so; without it the page is plain
  ];

  it('is made by a file that is known, for a purpose that a model declares', () => {
    const sealing = files
      .filter(({ text }) => /\bsealText\(/.test(text))
      .map(({ name }) => name)
      .filter((name) => !['secrets.ts', 'db/reseal.ts'].includes(name));
    const declared = new Set(listSealedFields().map(({ purpose }) => purpose));

    expect(sealing.sort()).to.deep.equal([...Object.keys(stored), ...passing].sort());
    expect(Object.values(stored).filter((purpose) => !declared.has(purpose))).to.deep.equal([]);
  });

  it('lies in a field whose model says so, by every name that begins with sealed', () => {
    const said = new Set(listSealedFields().map(({ field }) => field.split('.').at(-1)));
    const fields = files
      .filter(({ name }) => name.endsWith('.model.ts'))
      .flatMap(({ text }) => [...text.matchAll(/^\s+(sealed[A-Za-z]*)\??: string( \| null)?;$/gm)])
      .map((match) => match[1]);

    expect(fields.filter((field) => !said.has(field))).to.deep.equal([]);
    expect(fields.length).to.be.at.least(4);
  });

  it('is made in one file alone', () => {
    const ciphers = files
      .filter(({ text }) => /\bcreateCipheriv\b/.test(text))
      .map(({ name }) => name);

    expect(ciphers).to.deep.equal(['secrets.ts']);
  });
});

function listSealedFields() {
  return listModels().flatMap(({ collection, sealed }) =>
    Object.entries(sealed).map(([field, purpose]) => ({ collection, field, purpose })),
  );
}

function readField(path: string, record: unknown): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => Object.entries(Object(value)).find(([key]) => key === name)?.[1],
      record,
    );
}

function records(collection: string) {
  return testDatabase().collection<{ _id: string; [field: string]: unknown }>(collection);
}

/** One record in each collection that holds sealed texts; the texts by collection and field. */
async function fillUnderOldSecret(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { collection, field, purpose } of listSealedFields()) {
    const text = `the text of ${collection}.${field}`;
    texts.set(`${collection}.${field}`, text);
    const sealed = sealText({ secret: oldSecret, purpose, text });
    await records(collection).updateOne(
      { _id: 'one' },
      { $set: { [field]: sealed } },
      { upsert: true },
    );
  }
  return texts;
}
