// The demo LMS's courses, their people and the activities they begin with, read from seeds/demo/. A later course may name
// people of an earlier one by their id. A faulty file stops the start with every fault named.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const LIS_MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership#';

/** What a role on this platform is called in `visibleTo` and in the pages' rules. */
const memberKindSchema = z.enum(['Learner', 'Instructor', 'Officer', 'Administrator']);

/** The role whose holders review a programme on this platform. */
export const REVIEWER_ROLE = `${LIS_MEMBERSHIP}Officer`;

const idSchema = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'letters, digits and hyphens');
const customSchema = z.record(z.string(), z.string());

const personSchema = z.object({
  id: idSchema,
  /** What the LMS itself calls the person; shared with the tool only through the name fields. */
  displayName: z.string().min(1),
  position: z.string().min(1),
  kind: memberKindSchema,
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  email: z.email().optional(),
  sisId: z.string().optional(),
  /** The language in which the person uses the LMS; English where it is not said. */
  locale: z.string().optional(),
  roles: z.array(z.url()).min(1),
});

const seedActivitySchema = z.object({
  id: idSchema,
  title: z.string().min(1),
  text: z.string(),
  /** Path at the tool; the tool's own address is put in front. */
  targetPath: z.string().regex(/^\/(?!\/)/, 'begins with one slash'),
  visibleTo: z.array(memberKindSchema).min(1),
  custom: customSchema.default({}),
  lineItem: z
    .object({
      id: idSchema,
      label: z.string().min(1),
      scoreMaximum: z.number().positive(),
      tag: z.string(),
    })
    .optional(),
});

/** An assignment of the LMS's own, which no tool is shown: it stands in the gradebook's file alone. */
const assignmentSchema = z.object({
  id: idSchema,
  title: z.string().min(1),
  scoreMaximum: z.number().positive(),
  /** By learner. */
  scores: z.record(idSchema, z.number().min(0)),
});

const courseSchema = z.object({
  id: idSchema,
  label: z.string().min(1),
  title: z.string().min(1),
  type: z.array(z.url()).min(1),
  description: z.string(),
  term: z.object({
    name: z.string(),
    academicSession: z.string(),
    begin: z.iso.datetime(),
    end: z.iso.datetime(),
  }),
  offeringSisId: z.string(),
  sectionSisId: z.string(),
  /** Sent with every launch; a value that begins with a dollar sign is a substitution variable. */
  custom: customSchema,
  people: z.array(z.union([personSchema, idSchema])).min(1),
  activities: z.array(seedActivitySchema),
  assignments: z.array(assignmentSchema).default([]),
});

export type MemberKind = z.infer<typeof memberKindSchema>;
export type Person = z.infer<typeof personSchema>;
export type DemoCourse = Omit<z.infer<typeof courseSchema>, 'people'> & { people: Person[] };

/** In this order: the first is the one that people begin in. */
const COURSE_FILES = ['course.json', 'course-2.json'];

export async function loadDemoCourses(folder: string): Promise<DemoCourse[]> {
  const courses: DemoCourse[] = [];
  for (const name of COURSE_FILES) {
    const known = courses.flatMap(({ people }) => people);
    courses.push(await loadDemoCourse(join(folder, name), known));
  }
  const activities = courses.flatMap((course) => course.activities);
  requireDistinct({ file: folder, what: 'activities', ids: activities.map(({ id }) => id) });
  const lineItems = activities.flatMap(({ lineItem }) => (lineItem ? [lineItem.id] : []));
  requireDistinct({ file: folder, what: 'line items', ids: lineItems });
  return courses;
}

export async function loadDemoCourse(file: string, known: Person[] = []): Promise<DemoCourse> {
  const parsed = courseSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${file} is not a demo course:\n${z.prettifyError(parsed.error)}`);
  }

  const people = parsed.data.people.map((one) => {
    const person = typeof one === 'string' ? known.find(({ id }) => id === one) : one;
    if (person) return person;
    throw new Error(`${file} names ${JSON.stringify(one)}, who is in no earlier course`);
  });
  const course = { ...parsed.data, people };
  requireDistinct({ file, what: 'people', ids: course.people.map((person) => person.id) });
  requireDistinct({ file, what: 'activities', ids: course.activities.map(({ id }) => id) });
  return course;
}

/** A member of the course. */
export function findMember(course: DemoCourse, id: string): Person | null {
  return course.people.find((person) => person.id === id) ?? null;
}

/** Anyone of any course. */
export function findPerson(courses: readonly DemoCourse[], id: string): Person | null {
  return courses.flatMap(({ people }) => people).find((person) => person.id === id) ?? null;
}

export function coursesOf(courses: readonly DemoCourse[], person: Person): DemoCourse[] {
  return courses.filter((course) => findMember(course, person.id) !== null);
}

export function isLearner(person: Person): boolean {
  return person.roles.includes(`${LIS_MEMBERSHIP}Learner`);
}

/** May add content and see everyone's scores. */
export function mayTeach(person: Person): boolean {
  return person.kind === 'Instructor' || person.kind === 'Administrator';
}

/** Whether the person holds a role, given whole or by its short name (`Learner`). */
export function hasRole(person: Person, role: string): boolean {
  return person.roles.includes(role) || person.roles.includes(`${LIS_MEMBERSHIP}${role}`);
}

function requireDistinct({ file, what, ids }: { file: string; what: string; ids: string[] }) {
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (repeated.length > 0) {
    throw new Error(`${file} gives these ids of ${what} twice: ${repeated.join(', ')}`);
  }
}
