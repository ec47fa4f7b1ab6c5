import { expect } from 'chai';
import {
  readTypedActivities,
  type TypedActivity,
} from '../../src/activities/read-typed-activities.js';

const lines: { title: string; text: string; read: TypedActivity }[] = [
  {
    title: 'takes a title alone',
    text: 'Coding quiz',
    read: { title: 'Coding quiz', address: null, kind: 'other' },
  },
  {
    title: 'takes columns pasted from a table',
    text: 'Coding quiz\thttps://lms.example/q/1\tquiz',
    read: { title: 'Coding quiz', address: 'https://lms.example/q/1', kind: 'quiz' },
  },
  {
    title: 'takes pipes',
    text: 'Record hunt | https://lms.example/2 | Assignment',
    read: { title: 'Record hunt', address: 'https://lms.example/2', kind: 'assignment' },
  },
  {
    title: 'takes commas',
    text: 'Record hunt, https://lms.example/2, page',
    read: { title: 'Record hunt', address: 'https://lms.example/2', kind: 'page' },
  },
  {
    title: 'keeps the commas of a title',
    text: 'Privacy, security, and trust',
    read: { title: 'Privacy, security, and trust', address: null, kind: 'other' },
  },
  {
    title: 'keeps the commas of a title before an address',
    text: 'Privacy, security, https://lms.example/3',
    read: { title: 'Privacy, security', address: 'https://lms.example/3', kind: 'other' },
  },
  {
    title: 'takes a kind without an address',
    text: 'Debate, discussion',
    read: { title: 'Debate', address: null, kind: 'discussion' },
  },
  {
    title: 'takes an empty address',
    text: 'Debate||discussion',
    read: { title: 'Debate', address: null, kind: 'discussion' },
  },
];

describe('readTypedActivities', () => {
  for (const { title, text, read } of lines) {
    it(title, () => {
      expect(readTypedActivities(text)).to.deep.equal({ activities: [read], faults: [] });
    });
  }

  it('names each faulty line by its number, empty lines counted', () => {
    const { faults } = readTypedActivities(
      'Fine\n\nBad | javascript:alert(1) | quiz\r\nOdd | https://lms.example/1 | exam\n| https://lms.example/2 | quiz',
    );
    expect(faults.map(({ line, fault }) => [line, fault])).to.deep.equal([
      [3, 'address'],
      [4, 'kind'],
      [5, 'no-title'],
    ]);
  });

  it('takes 500 lines at once and names the first one beyond', () => {
    const { activities, faults } = readTypedActivities(
      Array.from({ length: 600 }, (_, index) => `Activity ${index}`).join('\n'),
    );
    expect(activities).to.have.length(500);
    expect(faults).to.deep.equal([{ line: 501, fault: 'too-many', text: 'Activity 500' }]);
  });

  it('refuses a title that is too long', () => {
    expect(readTypedActivities('x'.repeat(301)).faults[0]?.fault).to.equal('long-title');
  });
});
