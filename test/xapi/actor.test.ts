// Who statements are about: pseudonyms that say nothing, keys by which two agents are the same (Data 2.4.2.3).
import { expect } from 'chai';
import { actorKeys, agentKey, buildActor } from '../../src/xapi/actor.js';
import { buildAgent } from './sample-statements.js';

const learner = {
  url: 'https://crosswalk.example',
  issuer: 'https://lms.example',
  sub: 'sub-1',
  user: 'user-1',
  pseudonymKey: 'key',
};

describe('buildActor', () => {
  it('gives a pseudonym that is the same for ever and holds neither sub nor user', () => {
    const actor = buildActor({ ...learner, mode: 'pseudonymous' });

    expect(actor).to.deep.equal(buildActor({ ...learner, mode: 'pseudonymous', sub: 'changed' }));
    expect(actor.account?.homePage).to.equal('https://crosswalk.example/learners');
    expect(actor.account?.name).to.match(/^[0-9a-f]{32}$/);
    expect(Object.keys(actor)).to.have.members(['objectType', 'account']);
  });

  it('gives another pseudonym to another user, and under another key', () => {
    const names = [
      learner,
      { ...learner, user: 'user-2' },
      { ...learner, pseudonymKey: 'other' },
    ].map((one) => buildActor({ ...one, mode: 'pseudonymous' }).account?.name);

    expect(new Set(names).size).to.equal(3);
  });

  it("names issuer and sub where the deployment chose the platform's identity", () => {
    expect(buildActor({ ...learner, mode: 'issuer' }).account).to.deep.equal({
      homePage: 'https://lms.example',
      name: 'sub-1',
    });
  });
});

describe('agentKey', () => {
  it('is one for one identifier, whatever the name beside it', () => {
    expect(agentKey(buildAgent())).to.equal(agentKey({ ...buildAgent(), name: 'Ana' }));
    expect(agentKey({ mbox: 'mailto:Ana@Example.org' })).to.equal(
      agentKey({ mbox: 'MAILTO:Ana@example.ORG' }),
    );
  });

  it('keeps identifiers apart, also where their texts run into one another', () => {
    const keys = [
      { mbox: 'mailto:ana@example.org' },
      { mbox: 'mailto:Ana@example.org' },
      { mbox_sha1sum: 'a'.repeat(40) },
      { openid: 'https://ana.example' },
      { account: { homePage: 'https://a.example', name: 'b|c' } },
      { account: { homePage: 'https://a.example|b', name: 'c' } },
      { name: 'nobody' },
    ].map((agent) => agentKey(agent));

    expect(new Set(keys).size).to.equal(keys.length);
    expect(keys.at(-1)).to.equal('');
  });
});

describe('actorKeys', () => {
  it('finds a group by itself and by each member', () => {
    const keys = actorKeys({
      objectType: 'Group',
      mbox: 'mailto:team@example.org',
      member: [buildAgent('one'), buildAgent('two')],
    });

    expect(keys).to.deep.equal([
      agentKey({ mbox: 'mailto:team@example.org' }),
      agentKey(buildAgent('one')),
      agentKey(buildAgent('two')),
    ]);
    expect(actorKeys({ objectType: 'Group', member: [buildAgent()] })).to.have.lengthOf(1);
  });
});
