// Rows of Canvas's report "Outcome Results" for tests, as its current version writes them.
export const HEADINGS = [
  'student name',
  'student id',
  'student sis id',
  'assessment title',
  'assessment id',
  'assessment type',
  'submission date',
  'submission score',
  'learning outcome name',
  'learning outcome id',
  'attempt',
  'outcome score',
  'assessment question',
  'assessment question id',
  'course name',
  'course id',
  'course sis id',
  'section name',
  'section id',
  'section sis id',
  'assignment url',
  'learning outcome friendly name',
  'learning outcome points possible',
  'learning outcome mastery score',
  'learning outcome mastered',
  'learning outcome rating',
  'learning outcome rating points',
  'learning outcome group title',
  'learning outcome group id',
  'account id',
  'account name',
  'enrollment state',
] as const;

/** What a test says of a row; the rest is a result of 3 of 4 points of Ana's in the case study. */
export interface OutcomeCells {
  studentId?: string;
  sisId?: string;
  outcome?: string;
  outcomeName?: string;
  assignment?: string;
  title?: string;
  score?: string;
  possible?: string;
  attempt?: string;
  question?: string;
  mastered?: string;
  masteryScore?: string;
  rating?: string;
  ratingPoints?: string;
  course?: string;
  courseSis?: string;
  section?: string;
  date?: string;
}

export function outcomeRow(cells: OutcomeCells): string[] {
  const assignment = cells.assignment ?? '501';
  const course = cells.course ?? '88';
  const named: Partial<Record<(typeof HEADINGS)[number], string>> = {
    'student name': 'Ana',
    'student id': cells.studentId ?? '7',
    'student sis id': cells.sisId ?? 'S-7',
    'assessment title': cells.title ?? 'Case study',
    'assessment id': assignment,
    'assessment type': 'assignment',
    'submission date': cells.date ?? '2026-02-03T10:00:00-06:00',
    'learning outcome name': cells.outcomeName ?? 'The first thing',
    'learning outcome id': cells.outcome ?? '30',
    attempt: cells.attempt ?? '1',
    'outcome score': cells.score ?? '3.0',
    'assessment question id': cells.question ?? '',
    'course name': 'Health information',
    'course id': course,
    'course sis id': cells.courseSis ?? 'HIM-1',
    'section id': cells.section ?? 'A',
    'assignment url': `https://canvas.example/courses/${course}/assignments/${assignment}`,
    'learning outcome points possible': cells.possible ?? '4.0',
    'learning outcome mastery score': cells.masteryScore ?? '3',
    'learning outcome mastered': cells.mastered ?? '1',
    'learning outcome rating': cells.rating ?? 'Meets',
    'learning outcome rating points': cells.ratingPoints ?? '3',
    'enrollment state': 'active',
  };
  return HEADINGS.map((heading) => named[heading] ?? '');
}
