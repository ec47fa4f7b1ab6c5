import { expect } from 'chai';
import { hidePeople } from '../../src/reports/statement-privacy.js';

const homePage = 'https://tool.example/learners';
const object = { id: 'https://tool.example/activities/1', objectType: 'Activity' };
const verb = { id: 'http://adlnet.gov/expapi/verbs/completed' };

function hide(statement: Record<string, unknown>) {
  return hidePeople({ statement, pseudonym: 'Learner 7F3KQ2', homePage });
}

describe('hidePeople', () => {
  const identified = [
    {
      title: 'an account of the platform',
      actor: { account: { homePage: 'https://lms.example', name: 'sub-17' } },
    },
    { title: 'a mailbox', actor: { mbox: 'mailto:ana@school.example', name: 'Ana Ruiz' } },
    {
      title: 'a hashed mailbox',
      actor: { mbox_sha1sum: 'ebd31e95054c018b10727ccffd2ef2ec3a016ee9' },
    },
    { title: 'an OpenID', actor: { openid: 'https://ana.example/' } },
    {
      title: 'a group with members',
      actor: { objectType: 'Group', member: [{ mbox: 'mailto:ana@school.example' }] },
    },
  ];
  for (const { title, actor } of identified) {
    it(`puts the pseudonym in place of ${title}`, () => {
      const shown = hide({ actor, verb, object });

      expect(shown['actor']).to.deep.equal({
        objectType: 'Agent',
        account: { homePage, name: 'Learner 7F3KQ2' },
      });
      expect(shown).to.include({ verb, object });
    });
  }

  it('keeps an account that is a pseudonym already, without the display name', () => {
    const account = { homePage, name: 'a1b2c3' };

    const shown = hide({ actor: { account, name: 'Ana Ruiz' }, verb, object });

    expect(shown['actor']).to.deep.equal({ objectType: 'Agent', account });
  });

  it('leaves out instructor, team and other people, and keeps the rest of the context', () => {
    const statementContext = {
      instructor: { mbox: 'mailto:teacher@school.example' },
      contextAgents: [
        { objectType: 'contextAgent', agent: { mbox: 'mailto:aide@school.example' } },
      ],
      team: { objectType: 'Group', mbox: 'mailto:team@school.example' },
      registration: '6a0f5b0e-4c1c-4d6e-8f7a-41b05c3e8a2c',
    };

    const shown = hide({
      actor: { mbox: 'mailto:a@b.example' },
      verb,
      object,
      context: statementContext,
    });

    expect(shown['context']).to.deep.equal({ registration: statementContext.registration });
  });

  it('hides people in a sub-statement and people as objects', () => {
    const inner = {
      objectType: 'SubStatement',
      actor: { mbox: 'mailto:ana@school.example' },
      verb,
      object: { objectType: 'Agent', mbox: 'mailto:bo@school.example' },
    };

    const shown = hide({ actor: { mbox: 'mailto:ana@school.example' }, verb, object: inner });

    expect(JSON.stringify(shown)).not.to.contain('school.example');
  });

  it('leaves the given statement as it was', () => {
    const statement = { actor: { mbox: 'mailto:ana@school.example' }, verb, object };

    hide(statement);

    expect(statement.actor.mbox).to.equal('mailto:ana@school.example');
  });
});
