// Voiding (Data 2.3.2) and finding by reference (Communication 2.1.3), in whatever order statements come, and after a stop.
import { expect } from 'chai';
import { appendStatements, listById } from '../../src/lrs/lrs-statement.model.js';
import { prepareStatements } from '../../src/lrs/prepare-statements.js';
import { repairLrs } from '../../src/lrs/repair-lrs.js';
import type { Statement } from '../../src/xapi/statement.js';
import { VERBS } from '../../src/xapi/vocabulary.js';
import { buildAgent, buildStatement } from '../xapi/sample-statements.js';
import { DEFAULT_LIMITS, numbered, openLrs, type LrsClient } from './lrs-app.js';

let lrs: LrsClient;

const open = async () => {
  lrs = await openLrs();
};

describe('voiding', () => {
  beforeEach(open);

  it('[Comm 2.1.3] hides the target from lists and statementId, and shows it by voidedStatementId', async () => {
    await lrs.post(statement(1)).expect(200);

    await lrs.post(voiding(2, 1)).expect(200);

    expect(await lrs.find({})).to.deep.equal([numbered(2)]);
    await lrs.get({ statementId: numbered(1) }).expect(404);
    const { body } = await lrs.get({ voidedStatementId: numbered(1) }).expect(200);
    expect((body as Statement).id).to.equal(numbered(1));
    await lrs.get({ voidedStatementId: numbered(2) }).expect(404);
  });

  it('hides a target that comes later, and one of the same batch in whatever order', async () => {
    await lrs.post(voiding(2, 1)).expect(200);
    await lrs.post(statement(1)).expect(200);
    await lrs.post([voiding(4, 3), statement(3), statement(5), voiding(6, 5)]).expect(200);

    expect(await lrs.find({ ascending: 'true' })).to.deep.equal([2, 4, 6].map(numbered));
  });

  it('[Data 2.3.2] does not void a voiding statement, in whatever order they come', async () => {
    await lrs.post([statement(1), voiding(2, 1)]).expect(200);
    await lrs.post(voiding(4, 3)).expect(200);
    await lrs.post(voiding(5, 2)).expect(200);
    await lrs.post(voiding(3, 1)).expect(200);

    expect(await lrs.find({ ascending: 'true' })).to.deep.equal([2, 4, 5, 3].map(numbered));
    await lrs.get({ statementId: numbered(2) }).expect(200);
  });

  it('is accepted when the target never comes, and when it is void already', async () => {
    await lrs.post([statement(1), voiding(2, 1), voiding(3, 1), voiding(4, 9)]).expect(200);

    expect(await lrs.find({ ascending: 'true' })).to.deep.equal([2, 3, 4].map(numbered));
  });

  it('lets a voided statement be sent again without bringing it back', async () => {
    await lrs.post([statement(1), voiding(2, 1)]).expect(200);

    await lrs.post(statement(1)).expect(200);

    expect(await lrs.find({})).to.deep.equal([numbered(2)]);
    await lrs.post(statement(1, { result: { success: true } })).expect(409);
  });

  it('still shows statements that refer to a voided one', async () => {
    await lrs.post([statement(1), reference(2, 1), voiding(3, 1)]).expect(200);

    expect(await lrs.find({ verb: REMARKED })).to.deep.equal([numbered(2)]);
  });
});

describe('statements that refer to a statement', () => {
  beforeEach(open);

  const agent = JSON.stringify(buildAgent('ana'));

  it('[Comm 2.1.3] are found by what their target is found by, through any chain', async () => {
    await lrs.post([statement(1), reference(2, 1), reference(3, 2), reference(4, 9)]).expect(200);

    expect(await lrs.find({ agent, ascending: 'true' })).to.deep.equal([1, 2, 3].map(numbered));
    expect(await lrs.find({ agent, verb: REMARKED, ascending: 'true' })).to.deep.equal(
      [2, 3].map(numbered),
    );
    expect(await lrs.find({ activity: 'https://lms.example/activities/1' })).to.have.lengthOf(3);
  });

  it('are found so when targets come later, the last first', async () => {
    await lrs.post(reference(3, 2)).expect(200);
    await lrs.post(reference(2, 1)).expect(200);
    await lrs.post(statement(1)).expect(200);

    expect(await lrs.find({ agent, ascending: 'true' })).to.deep.equal([3, 2, 1].map(numbered));
  });

  it('have since and until applied to themselves', async () => {
    await lrs.post(statement(1)).expect(200);
    const { body } = await lrs.get({ statementId: numbered(1) });
    await lrs.post(reference(2, 1)).expect(200);

    expect(await lrs.find({ agent, since: (body as Statement).stored ?? '' })).to.deep.equal([
      numbered(2),
    ]);
  });

  it('are not followed for ever in a circle', async () => {
    await lrs.post([reference(1, 3), reference(2, 1), reference(3, 2)]).expect(200);

    expect(await lrs.find({ verb: REMARKED })).to.have.lengthOf(3);
  });

  it('do not become their target’s key’s own', async () => {
    const other = await openLrs({ scopes: ['statements/write', 'statements/read/mine'] });
    await other.post(statement(1)).expect(200);
    await lrs.post(reference(2, 1)).expect(200);

    expect(await other.find({})).to.deep.equal([numbered(1)]);
  });
});

describe('repairLrs', () => {
  beforeEach(open);

  it('mends what a stop between storing and settling left, and does nothing the second time', async () => {
    await stopAfterStoring([statement(1), reference(2, 1), statement(3), voiding(4, 3)]);
    expect(await lrs.find({})).to.have.lengthOf(4);

    const looked = await repairLrs({ now: new Date() });

    expect(looked).to.equal(4);
    expect(await lrs.find({ ascending: 'true' })).to.deep.equal([1, 2, 4].map(numbered));
    expect(
      await lrs.find({ agent: JSON.stringify(buildAgent('ana')), verb: REMARKED }),
    ).to.deep.equal([numbered(2)]);
    const mended = await listById({ statementIds: [numbered(2), numbered(3)] });
    expect(await repairLrs({ now: new Date() })).to.equal(0);
    expect(await listById({ statementIds: [numbered(2), numbered(3)] })).to.deep.equal(mended);
  });

  it('mends a target that came long after its voiding, when the stop was then', async () => {
    await lrs.post([voiding(2, 1), reference(3, 1)]).expect(200);
    await repairLrs({ now: new Date() });
    await stopAfterStoring([statement(1)]);

    await repairLrs({ now: new Date() });

    expect(await lrs.find({ ascending: 'true' })).to.deep.equal([2, 3].map(numbered));
    expect(await lrs.find({ agent: JSON.stringify(buildAgent('ana')) })).to.deep.equal(
      [numbered(2), numbered(3)].reverse(),
    );
  });

  it('comes to a halt when it is told to', async () => {
    await stopAfterStoring([statement(1), voiding(2, 1)]);

    expect(await repairLrs({ now: new Date(), signal: AbortSignal.abort() })).to.equal(0);
  });
});

const REMARKED = 'https://lms.example/verbs/remarked';

function statement(number: number, overrides: Partial<Statement> = {}): Statement {
  return buildStatement({ id: numbered(number), ...overrides });
}

function reference(number: number, target: number): Statement {
  return statement(number, {
    actor: buildAgent('teacher'),
    verb: { id: REMARKED },
    object: { objectType: 'StatementRef', id: numbered(target) },
  });
}

function voiding(number: number, target: number): Statement {
  return { ...reference(number, target), verb: { id: VERBS.voided } };
}

/** The insert is done, and then the process is gone. */
async function stopAfterStoring(statements: Statement[]): Promise<void> {
  const authority = buildAgent('key');
  await appendStatements({
    entries: prepareStatements({
      body: Buffer.from(JSON.stringify(statements)),
      version: '1.0.3',
      caller: { authority, authorityKey: 'key' },
      limits: DEFAULT_LIMITS,
      statementId: null,
    }),
    now: new Date(),
  });
}
