import { expect } from 'chai';
import fc from 'fast-check';
import { findReportedCourse } from '../../src/activities/find-reported-course.js';
import { chooseCompetencies, gatherRatings } from '../../src/activities/plan-outcomes.js';
import {
  isOutcomeReport,
  keepCourses,
  readOutcomeReport,
} from '../../src/activities/read-outcome-report.js';
import type { TreeItem } from '../../src/frameworks/framework-tree.js';
import type { TableRow } from '../../src/tables/table.js';
import { refusal } from '../support/refusal.js';
import { HEADINGS, outcomeRow, type OutcomeCells } from './outcome-report.js';

const ANA = JSON.stringify(['7', 'S-7']);

describe('Canvas’s report of outcomes', () => {
  const read = (...rows: OutcomeCells[]) => readOutcomeReport(table(...rows));
  const gather = (...rows: OutcomeCells[]) =>
    gatherRatings({
      rows: read(...rows).rows,
      people: new Map([[ANA, 'ana']]),
      choices: [
        { outcome: { id: '30', name: '', friendlyName: '' }, item: 'item-1', because: null },
        { outcome: { id: '31', name: '', friendlyName: '' }, item: null, because: null },
      ],
      passShare: 0.75,
    });

  it('is told by its headings, in any order and case', () => {
    expect(isOutcomeReport(table())).to.equal(true);
    const reversed = HEADINGS.map((heading) => heading.toUpperCase()).reverse();
    expect(isOutcomeReport([{ row: 1, cells: reversed }])).to.equal(true);
    expect(isOutcomeReport([{ row: 1, cells: ['Student', 'ID', 'Quiz 1 (101)'] }])).to.equal(false);
    expect(isOutcomeReport([])).to.equal(false);
  });

  it('without results is refused as such', async () => {
    const rows = [...table(), { row: 2, cells: ['No outcomes found'] }];

    const error = await refusal(Promise.resolve().then(() => readOutcomeReport(rows)));

    expect(error.code).to.equal('outcomes.empty');
  });

  it('gives each result on the outcome’s own points, with its level and the day of the work', () => {
    const { ratings } = gather({ score: '3', possible: '4', rating: 'Meets', mastered: '1' });

    expect(ratings).to.deep.equal([
      {
        user: 'ana',
        item: 'item-1',
        assessment: { key: ['canvas', '501'], title: 'Case study', kind: 'assignment' },
        given: { label: 'Meets', score: 0.75, success: true, points: { raw: 3, max: 4 } },
        workAt: new Date('2026-02-03T16:00:00.000Z'),
      },
    ]);
  });

  it('counts the questions of one assessment together, of the newest attempt, each once', () => {
    const question = (id: string, score: string, attempt: string): OutcomeCells => ({
      question: id,
      score,
      possible: '2',
      attempt,
      mastered: score === '2' ? '1' : '0',
      masteryScore: '3',
      ratingPoints: '3',
      rating: 'Meets',
    });
    const { ratings } = gather(
      question('q1', '0', '1'),
      question('q1', '2', '2'),
      question('q2', '1', '2'),
      { ...question('q2', '1', '2'), section: 'B' },
    );

    expect(ratings.map(({ given }) => given)).to.deep.equal([
      { label: 'Meets', score: 0.75, success: true, points: { raw: 3, max: 4 } },
    ]);
  });

  it('leaves out rows without points, and says how many', () => {
    const { ratings, unread } = gather({ score: '', possible: '' }, { score: '3', possible: '0' });

    expect(ratings).to.deep.equal([]);
    expect(unread).to.equal(2);
  });

  it('leaves out an outcome without a competency, and people who are not known', () => {
    const { ratings, unread } = gather({ outcome: '31' }, { studentId: '9', sisId: 'S-9' });

    expect(ratings).to.deep.equal([]);
    expect(unread).to.equal(0);
  });

  it('never gives more than the whole or less than nothing, whatever the cells say', () => {
    const cell = fc.oneof(fc.string(), fc.integer({ min: -9, max: 99 }).map(String));
    fc.assert(
      fc.property(
        fc.array(fc.record({ score: cell, possible: cell, attempt: cell, question: cell })),
        (rows) => {
          const cells = rows.length === 0 ? [{}] : rows;
          for (const { given } of gather(...cells).ratings) expect(given.score).to.be.within(0, 1);
        },
      ),
    );
  });

  it('keeps the rows of one course and counts the others', () => {
    const rows = table({ course: '88' }, { course: '99' }, { course: '99' });

    expect(keepCourses(rows, new Set(['88'])).left).to.equal(2);
    expect(keepCourses(rows, new Set(['88'])).rows.map(({ row }) => row)).to.deep.equal([1, 2]);
  });

  describe('finds its course', () => {
    const courses = [
      { id: '88', sisId: 'HIM-1', name: 'One', rows: 1 },
      { id: '99', sisId: 'HIM-2', name: 'Two', rows: 1 },
    ];
    const here = (lineItemsUrl: string | null, course: string | null) => ({
      services: { lineItemsUrl, membershipsUrl: null, gradeScopes: [] },
      sisIds: { course, section: null },
    });
    const address = 'https://canvas.example/api/lti/courses/99/line_items';
    const find = (of: ReturnType<typeof here>, remembered: string | null = null) =>
      findReportedCourse({ courses, here: of, remembered });

    it('by Canvas’s number, then by what was said before, then by the school’s id', () => {
      expect(find(here(address, 'HIM-1'))).to.equal('99');
      expect(find(here(null, null), '88')).to.equal('88');
      expect(find(here(null, 'HIM-2'))).to.equal('99');
    });

    it('and else lets a person say, or says that the report is of others', () => {
      expect(find(here(null, null))).to.equal(null);
      expect(find(here(address.replace('99', '9'), null))).to.equal('other');
    });
  });

  describe('proposes a competency', () => {
    const item = (identifier: string, fullStatement: string, code: string | null): TreeItem => ({
      identifier,
      uri: `https://x.test/${identifier}`,
      fullStatement,
      humanCodingScheme: code,
      CFItemType: 'Competency',
      bloomLevel: null,
      publishedResourceCount: null,
      parent: null,
      otherParents: [],
      depth: 0,
      children: [],
      isRetired: false,
    });
    const competencies = [
      item('i-1', 'Analyse data', 'I.1'),
      item('i-10', 'Keep records', 'I.10'),
      item('i-2', 'Share data', null),
      item('i-3', 'Share data', null),
    ];
    const tree = { competencies, items: new Map(competencies.map((one) => [one.identifier, one])) };
    const propose = (name: string, remembered: [string, string | null][] = []) => {
      const outcomes = [{ id: '30', name, friendlyName: '' }];
      const [choice] = chooseCompetencies({
        outcomes,
        tree,
        remembered: new Map(remembered),
        chosen: null,
      });
      return [choice?.item, choice?.because];
    };

    it('by code, title and identifier, where it is exact', () => {
      expect(propose('I.1: Look at data')).to.deep.equal(['i-1', 'code']);
      expect(propose('I.1.')).to.deep.equal(['i-1', 'code']);
      expect(propose('analyse  DATA')).to.deep.equal(['i-1', 'title']);
      expect(propose('i-10')).to.deep.equal(['i-10', 'identifier']);
    });

    it('never where two fit, or nothing does', () => {
      expect(propose('Share data')).to.deep.equal([null, null]);
      expect(propose('Analyse')).to.deep.equal([null, null]);
      expect(propose('')).to.deep.equal([null, null]);
    });

    it('as it was said before, also that it is left out', () => {
      expect(propose('I.1', [['30', 'i-2']])).to.deep.equal(['i-2', 'remembered']);
      expect(propose('I.1', [['30', null]])).to.deep.equal([null, 'remembered']);
      expect(propose('I.1', [['30', 'gone']])).to.deep.equal(['i-1', 'code']);
    });
  });
});

function table(...rows: OutcomeCells[]): TableRow[] {
  const all = [[...HEADINGS], ...rows.map(outcomeRow)];
  return all.map((cells, index) => ({ row: index + 1, cells }));
}
