// Imports the lessons that we host. Each becomes a learning resource without address, completed by its question set.
// The lesson is written before its resource, so that a resource that is seen always has its text.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { getFramework } from '../frameworks/cf-document.model.js';
import { readTree } from '../frameworks/read-tree.js';
import { INSTANCE_OWNER, type Owner } from '../frameworks/viewer.js';
import { resourceId } from './build-resource.js';
import { buildCompetencyIndex, type CompetencyIndex } from './competency-index.js';
import { LessonContent } from './lesson.js';
import { saveLessons } from './lesson.model.js';
import type { ResourceInput } from './resource-row.js';
import { BATCH_ROWS, startResourceWriter, type WriteCounts } from './write-resources.js';

const LessonFile = z.object({
  schemaVersion: z.literal(1),
  /** Licence of all lessons of the file. */
  licence: z.string().min(1).optional(),
  publisher: z.string().min(1).optional(),
  language: z.string().min(2).optional(),
  lessons: z
    .array(LessonContent)
    .min(1)
    .refine(
      (lessons) => new Set(lessons.map(({ key }) => key)).size === lessons.length,
      'has a key twice',
    ),
});

const PUBLISHER = 'Crosswalk';
const LICENCE = 'Apache-2.0';
/** The set of a lesson file, beside the set of resources. */
const COLLECTION = 'starter-lessons';

/** Throws `library.lessons-refused` naming the place, also for a competency that is not there; then nothing is written. */
export async function importLessons(options: {
  text: string;
  framework: string;
  owner?: Owner;
  now: Date;
  url: string;
}): Promise<WriteCounts & { lessons: number }> {
  const { framework, now, url, owner = INSTANCE_OWNER } = options;
  const file = readFile(options.text);
  const tree = await readTree({
    framework: await getFramework({ framework, viewer: { deployment: null } }),
  });
  const index = buildCompetencyIndex(tree);
  const language = file.language ?? tree.framework.language;
  const shared = {
    publisher: file.publisher ?? PUBLISHER,
    licence: file.licence ?? LICENCE,
    language,
  };
  const inputs = file.lessons.map((lesson, at) => toInput({ lesson, row: at + 1, index, shared }));
  const lessons = file.lessons.map((lesson) => ({
    resource: resourceId(owner, { key: lesson.key, url: null }),
    title: lesson.title,
    sections: lesson.sections,
    questions: lesson.questions,
    passFraction: lesson.passFraction,
  }));
  await saveLessons({ lessons, now });
  const writer = startResourceWriter({ framework, owner, sourceCollection: COLLECTION, now, url });
  for (let at = 0; at < inputs.length; at += BATCH_ROWS)
    await writer.write(inputs.slice(at, at + BATCH_ROWS));
  await writer.finish();
  return { ...writer.counts, lessons: lessons.length };
}

function readFile(text: string): z.infer<typeof LessonFile> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse('the file', error instanceof Error ? error.message : 'is not JSON');
  }
  const file = LessonFile.safeParse(parsed);
  if (file.success) return file.data;
  const [issue] = file.error.issues;
  throw refuse(issue?.path.map(String).join('.') ?? 'the file', issue?.message ?? 'has a fault');
}

function toInput(options: {
  lesson: LessonContent;
  row: number;
  index: CompetencyIndex;
  shared: { publisher: string; licence: string; language: string };
}): ResourceInput {
  const { lesson, row, index, shared } = options;
  const serves = lesson.serves.map((name) => {
    const item = index.find(name);
    if (item === null)
      throw refuse(
        `lesson ${row} (${lesson.key})`,
        `no competency “${name}”; near: ${index.suggest(name).join('; ')}`,
      );
    return item;
  });
  return {
    row,
    key: lesson.key,
    title: lesson.title,
    url: null,
    kind: 'lesson',
    durationMinutes: lesson.durationMinutes,
    difficulty: lesson.difficulty,
    description: lesson.description,
    completion: 'question-set',
    serves: [...new Set(serves)],
    ...shared,
  };
}

function refuse(place: string, reason: string): AppError {
  return new AppError('library.lessons-refused', { status: 400, values: { place, reason } });
}
