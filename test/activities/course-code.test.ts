import { expect } from 'chai';
import { courseCodeOf, likenessOf, readCourseCode } from '../../src/activities/course-code.js';

const course = (label: string | null, title: string | null = null, sis: string | null = null) => ({
  label,
  title,
  sisIds: { course: sis, section: null },
});

describe('readCourseCode', () => {
  for (const { text, code } of [
    { text: 'HIM101', code: 'HIM101' },
    { text: 'him 101-02 (Fall 2026)', code: 'HIM101' },
    { text: '2026FA_HIM-220L', code: 'HIM220L' },
    { text: 'Intro to records', code: null },
    { text: 'Ｈｉｍ １０１', code: 'HIM101' },
    { text: '', code: null },
  ])
    it(`reads ${code ?? 'none'} from “${text}”`, () => {
      expect(readCourseCode(text)).to.equal(code);
    });
});

describe('courseCodeOf', () => {
  it('asks the label first, then the SIS id, then the title', () => {
    expect(courseCodeOf(course('HIM101', 'HIM 202', 'HIM303'))).to.equal('HIM101');
    expect(courseCodeOf(course('Records', 'HIM 202', 'HIM303'))).to.equal('HIM303');
    expect(courseCodeOf(course(null, 'HIM 202: Records'))).to.equal('HIM202');
    expect(courseCodeOf(course(null, null))).to.equal(null);
  });
});

describe('likenessOf', () => {
  it('puts the same code above the same words, and those above others', () => {
    const here = course('HIM101-02', 'Health records and privacy');

    const code = likenessOf(here, course('HIM 101-01', 'Something else'));
    const words = likenessOf(here, course(null, 'Health records and coding'));
    const none = likenessOf(here, course(null, 'Statistics'));

    expect(code).to.be.greaterThan(words);
    expect(words).to.be.greaterThan(none);
    expect(none).to.equal(0);
  });
});
