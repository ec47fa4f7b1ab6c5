// The code of a course ("HIM101") from what the platform says of it, and how much two courses look like the same one. Pure.
import type { Course } from '../lti/course.model.js';

type CourseNames = Pick<Course, 'label' | 'title' | 'sisIds'>;

const CODE = /(?<![\p{L}\p{N}])(\p{L}{2,6})[\s._-]?(\d{2,4}\p{L}?)(?![\p{L}\p{N}])/u;
const MIN_WORD_CHARACTERS = 3;

/** Letters and number, in capitals and without space, from label, SIS id or title; null where none of them holds a code. */
export function courseCodeOf({ label, title, sisIds }: CourseNames): string | null {
  for (const text of [label, sisIds.course, title]) {
    const code = text === null ? null : readCourseCode(text);
    if (code !== null) return code;
  }
  return null;
}

/** "him 101-02, fall" is HIM101; null for a text without a code. */
export function readCourseCode(text: string): string | null {
  const [, letters, number] = CODE.exec(text.normalize('NFKC')) ?? [];
  return letters === undefined || number === undefined ? null : `${letters}${number}`.toUpperCase();
}

/** 2 for the same code or SIS id, else the share of words that the titles have in common, from 0 to 1. */
export function likenessOf(one: CourseNames, other: CourseNames): number {
  const code = courseCodeOf(one);
  if (code !== null && code === courseCodeOf(other)) return 2;
  if (one.sisIds.course !== null && one.sisIds.course === other.sisIds.course) return 2;
  const [words, others] = [wordsOf(one.title), wordsOf(other.title)];
  const common = [...words].filter((word) => others.has(word)).length;
  const all = new Set([...words, ...others]).size;
  return all === 0 ? 0 : common / all;
}

function wordsOf(title: string | null): Set<string> {
  const words = (title ?? '').toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return new Set(words.filter((word) => word.length >= MIN_WORD_CHARACTERS));
}
