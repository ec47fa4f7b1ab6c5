// Which part of a lesson a question is about, for who has to read it again: the part that shares most of the words that
// are not in every part. Words are compared by their beginnings; where two parts are as near, none is named. Pure.
import type { Lesson } from '../library/lesson.js';

const STEM_CHARACTERS = 6;
const SHORTEST_WORD = 3;
/** How much nearer than the second the first must be. */
const LEAST_LEAD = 0.15;

/** Index of the section, or null where no one stands out. */
export function findLessonPart(options: {
  lesson: Pick<Lesson, 'sections'>;
  question: Lesson['questions'][number];
}): number | null {
  const { lesson, question } = options;
  const parts = lesson.sections.map(({ heading, paragraphs, list }) =>
    readStems([heading, ...paragraphs, ...list].join(' ')),
  );
  const answer = question.options.find(({ id }) => id === question.answer)?.text ?? '';
  const asked = readStems([question.text, question.why, answer].join(' '));
  const weights = [...asked].map((stem) => {
    const having = parts.filter((part) => part.has(stem)).length;
    const isTelling = having > 0 && having < parts.length;
    return { stem, weight: isTelling ? Math.log(1 + parts.length / having) : 0 };
  });
  const [first, second] = parts
    .map((part, index) => ({
      index,
      score: weights.reduce((sum, { stem, weight }) => sum + (part.has(stem) ? weight : 0), 0),
    }))
    .sort((a, b) => b.score - a.score);
  if (!first || first.score === 0) return null;
  const lead = first.score - (second?.score ?? 0);
  return lead >= LEAST_LEAD * first.score ? first.index : null;
}

function readStems(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(
    words
      .filter((word) => word.length >= SHORTEST_WORD)
      .map((word) => word.slice(0, STEM_CHARACTERS)),
  );
}
