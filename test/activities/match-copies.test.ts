import { expect } from 'chai';
import type { Activity } from '../../src/activities/activity.model.js';
import { matchCopies } from '../../src/activities/match-copies.js';

const activity = (id: string, more: Partial<Activity> = {}): Activity => ({
  id,
  activityId: `https://crosswalk.example/activities/${id}`,
  deployment: 'd',
  course: 'c',
  title: id,
  kind: 'link',
  source: 'resource-link',
  address: null,
  file: null,
  resourceLinkId: null,
  lineItemUrl: null,
  lesson: null,
  assessed: false,
  assessedSince: null,
  createdAt: new Date(0),
  lastLaunchAt: null,
  ...more,
});
const match = (
  here: Activity[],
  there: Activity[],
  linkHistories: ReadonlyMap<string, readonly string[]> = new Map(),
) =>
  matchCopies({ here, there, linkHistories }).map(
    (one) => `${one.activity.id}=${one.from.id} by ${one.by}`,
  );

describe('matchCopies', () => {
  it('follows the link’s own history first, newest copy first', () => {
    const here = [activity('new', { resourceLinkId: '9', title: 'Renamed' })];
    const there = [
      activity('old', { resourceLinkId: '4' }),
      activity('older', { resourceLinkId: '2', title: 'Renamed' }),
    ];

    expect(match(here, there, new Map([['9', ['4', '2']]]))).to.deep.equal(['new=old by link']);
  });

  it('takes the same lesson, then the same title whatever its spaces and capitals', () => {
    const here = [
      activity('a', { lesson: 'privacy', title: 'Privacy, newly named' }),
      activity('b', { title: 'Coding  Quiz ' }),
    ];
    const there = [
      activity('x', { title: 'coding quiz' }),
      activity('y', { lesson: 'privacy', title: 'Privacy' }),
    ];

    expect(match(here, there)).to.deep.equal(['a=y by lesson', 'b=x by title']);
  });

  it('guesses nothing where a title stands twice on either side', () => {
    const quizzes = [activity('a', { title: 'Quiz' }), activity('b', { title: 'Quiz' })];

    expect(match(quizzes, [activity('x', { title: 'Quiz' })])).to.deep.equal([]);
    expect(match([activity('x', { title: 'Quiz' })], quizzes)).to.deep.equal([]);
  });

  it('matches each original once', () => {
    const here = [
      activity('a', { resourceLinkId: '9' }),
      activity('b', { resourceLinkId: '10', title: 'x' }),
    ];
    const there = [activity('x', { resourceLinkId: '4' })];
    const histories = new Map([
      ['9', ['4']],
      ['10', ['4']],
    ]);

    expect(match(here, there, histories)).to.deep.equal(['a=x by link']);
  });
});
