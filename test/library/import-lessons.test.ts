import { expect } from 'chai';
import { AppError } from '../../src/http/errors.js';
import { importLessons } from '../../src/library/import-lessons.js';
import {
  listServingResources,
  type LearningResource,
} from '../../src/library/learning-resource.model.js';
import { getLesson } from '../../src/library/lesson.model.js';
import { NOW, URL } from '../frameworks/him-page-text.js';
import { createSmallFramework, VIEWER } from './small-library.js';

describe('importLessons', () => {
  it('makes of each lesson a resource that is completed by its question set', async () => {
    await createSmallFramework();

    const result = await importFile([aLesson()]);

    expect(result).to.include({ lessons: 1, created: 1 });
    const [resource] = await everything();
    expect(resource).to.include({
      kind: 'lesson',
      url: null,
      completion: 'question-set',
      title: 'A lesson',
      starterSet: true,
    });
    expect(resource?.iri).to.equal(`${URL}/resources/${resource?.id ?? ''}`);
    expect(
      (await getLesson({ resource: resource?.id ?? '' })).questions.map(({ id }) => id),
    ).to.deep.equal(['q1']);
  });

  it('changes nothing when the same file comes again, and keeps the resource when its text changes', async () => {
    await createSmallFramework();
    await importFile([aLesson()]);
    const before = await everything();

    const again = await importFile([aLesson()]);
    const edited = await importFile([
      aLesson({ sections: [{ heading: 'Two', paragraphs: ['Other text.'] }] }),
    ]);

    expect(again).to.include({ unchanged: 1, updated: 0 });
    expect(edited).to.include({ unchanged: 1, updated: 0 });
    expect(await everything()).to.deep.equal(before);
    expect((await getLesson({ resource: before[0]?.id ?? '' })).sections[0]?.heading).to.equal(
      'Two',
    );
  });

  it('retires a lesson that is no longer in the file, and keeps its text', async () => {
    await createSmallFramework();
    await importFile([aLesson(), aLesson({ key: 'other', title: 'Another lesson' })]);

    const result = await importFile([aLesson()]);

    expect(result.retired).to.equal(1);
    const retired = (await everything()).find(({ status }) => status === 'retired');
    expect(retired?.title).to.equal('Another lesson');
    expect((await getLesson({ resource: retired?.id ?? '' })).title).to.equal('Another lesson');
  });

  const faults = [
    {
      title: 'a competency that is not there',
      lessons: [aLesson({ serves: ['Do the furst thing with care'] })],
      says: /no competency “Do the furst.*near: Domain one/,
    },
    { title: 'the same key twice', lessons: [aLesson(), aLesson()], says: /key twice/ },
    {
      title: 'a question whose answer is no option',
      lessons: [
        aLesson({
          questions: [
            {
              id: 'q',
              text: 'Q?',
              options: [
                { id: 'a', text: 'A' },
                { id: 'b', text: 'B' },
              ],
              answer: 'c',
              why: 'W.',
            },
          ],
        }),
      ],
      says: /no option/,
    },
    { title: 'no lesson', lessons: [], says: /./ },
  ];
  for (const { title, lessons, says } of faults) {
    it(`refuses ${title} and writes nothing`, async () => {
      await createSmallFramework();

      const error = await importFile(lessons).catch((fault: unknown) => fault);

      expect(error).to.be.instanceOf(AppError).and.include({ code: 'library.lessons-refused' });
      expect(String(error)).to.match(says);
      expect(await everything()).to.deep.equal([]);
    });
  }
});

function importFile(lessons: Record<string, unknown>[]): ReturnType<typeof importLessons> {
  return importLessons({
    text: JSON.stringify({ schemaVersion: 1, lessons }),
    framework: 'small',
    now: NOW,
    url: URL,
  });
}

function everything(): Promise<LearningResource[]> {
  return listServingResources({ framework: 'small', viewer: VIEWER });
}

function aLesson(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    key: 'a-lesson',
    title: 'A lesson',
    description: 'About it.',
    durationMinutes: 10,
    difficulty: 'introductory',
    serves: ['Do the first thing (with care).'],
    sections: [{ heading: 'One', paragraphs: ['Text.'] }],
    questions: [
      {
        id: 'q1',
        text: 'Q?',
        options: [
          { id: 'a', text: 'A' },
          { id: 'b', text: 'B' },
        ],
        answer: 'a',
        why: 'W.',
      },
    ],
    passFraction: 0.75,
    ...overrides,
  };
}
