// Activities that deep linking placed.
import { join } from 'node:path';
import { expect } from 'chai';
import {
  listActivities,
  listVisibleActivities,
  placeContentItems,
} from '../../src/demo/demo-activities.js';
import { findMember, loadDemoCourse } from '../../src/demo/demo-course.js';
import { buildFirstRecords } from '../../src/demo/demo-records.js';

const COURSE_FILE = join(import.meta.dirname, '../../seeds/demo/course.json');
const PLACED_AT = new Date('2026-11-23T10:00:00Z');

describe('placeContentItems', () => {
  it('places links that follow the tool to another address', async () => {
    const course = await loadDemoCourse(COURSE_FILE);
    const records = buildFirstRecords([course]);

    placeContentItems(records, {
      items: [{ type: 'ltiResourceLink', url: 'http://localhost:3000/activities?lesson=7#top' }],
      courseId: '1',
      toolUrl: 'http://localhost:3000',
      placedAt: PLACED_AT,
    });

    const activities = listActivities({ course, records, toolUrl: 'http://localhost:4000' });
    expect(activities.at(-1)).to.include({
      id: '101',
      title: 'Activity 101',
      targetLinkUri: 'http://localhost:4000/activities?lesson=7#top',
    });
  });

  it('names a link by its line item, or the line item by its link, where one has no name', async () => {
    const course = await loadDemoCourse(COURSE_FILE);
    const records = buildFirstRecords([course]);

    const titles = placeContentItems(records, {
      items: [
        { type: 'ltiResourceLink', lineItem: { label: 'Exam', scoreMaximum: 10 } },
        { type: 'ltiResourceLink', title: 'Quiz', lineItem: { scoreMaximum: 10 } },
      ],
      courseId: '1',
      toolUrl: 'http://localhost:3000',
      placedAt: PLACED_AT,
    });

    expect(titles).to.deep.equal(['Exam', 'Quiz']);
    expect(records.lineItems.slice(2).map(({ label }) => label)).to.deep.equal(['Exam', 'Quiz']);
  });
});

describe('listVisibleActivities', () => {
  it('keeps the administration link from everyone but the administrator', async () => {
    const course = await loadDemoCourse(COURSE_FILE);
    const sources = {
      course,
      records: buildFirstRecords([course]),
      toolUrl: 'http://localhost:3000',
    };

    const who = course.people
      .filter((person) =>
        listVisibleActivities(sources, person).some(({ title }) => title === 'Administration'),
      )
      .map(({ id }) => id);

    expect(who).to.deep.equal(['41']);
    expect(findMember(course, '41')?.position).to.equal('Administrator');
  });
});
