import { expect } from 'chai';
import { wordsFor } from '../../src/http/catalogue.js';
import { writeSentence } from '../../src/reports/statement-sentence.js';
import { VERBS } from '../../src/xapi/vocabulary.js';

const words = wordsFor('en');
const object = {
  id: 'https://tool.example/a/1',
  definition: { name: { 'de-DE': 'Datenqualität', 'en-GB': 'Data quality' } },
};

function write(statement: Record<string, unknown>, language = 'en') {
  return writeSentence({ statement, who: 'Learner 7F3KQ2', words, language });
}

describe('writeSentence', () => {
  const cases: { title: string; statement: Record<string, unknown>; sentence: string }[] = [
    {
      title: 'a completion with points',
      statement: {
        verb: { id: VERBS.completed },
        object,
        result: { score: { raw: 8, max: 10, scaled: 0.8 }, success: true },
      },
      sentence: 'Learner 7F3KQ2 completed “Data quality”. Score: 8 / 10. Passed.',
    },
    {
      title: 'a completion with a scaled score that failed',
      statement: {
        verb: { id: VERBS.completed },
        object,
        result: { score: { scaled: 0.456 }, success: false },
      },
      sentence: 'Learner 7F3KQ2 completed “Data quality”. Score: 46 %. Not passed.',
    },
    {
      title: 'a launch',
      statement: { verb: { id: VERBS.launched }, object },
      sentence: 'Learner 7F3KQ2 opened “Data quality” from the course.',
    },
    {
      title: 'a withdrawn achievement',
      statement: { verb: { id: VERBS.revoked }, object },
      sentence: 'The achievement of “Data quality” by Learner 7F3KQ2 was withdrawn.',
    },
    {
      title: "another tool's verb with a display",
      statement: {
        verb: { id: 'https://other.example/verbs/jumped', display: { en: 'jumped over' } },
        object,
      },
      sentence: 'Learner 7F3KQ2: jumped over “Data quality”.',
    },
    {
      title: "another tool's verb without one",
      statement: {
        verb: { id: 'https://other.example/verbs/jumped' },
        object: { id: 'https://other.example/fence' },
      },
      sentence: 'Learner 7F3KQ2: jumped “https://other.example/fence”.',
    },
    {
      title: 'a statement whose result has an odd shape',
      statement: {
        verb: { id: VERBS.completed },
        object,
        result: { score: 'high', success: 'yes' },
      },
      sentence: 'Learner 7F3KQ2 completed “Data quality”.',
    },
    {
      title: 'a statement without a verb',
      statement: { object },
      sentence: 'Learner 7F3KQ2: ? “something without a name”.',
    },
  ];
  for (const { title, statement, sentence } of cases) {
    it(`says ${title}`, () => {
      expect(write(statement)).to.equal(sentence);
    });
  }

  it("takes the name in the page's language, and any other where it has none", () => {
    const statement = { verb: { id: VERBS.completed }, object };

    expect(write(statement, 'de')).to.contain('Datenqualität');
    expect(write(statement, 'fr')).to.contain('Datenqualität');
  });
});
