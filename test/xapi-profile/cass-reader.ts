// Reads statements as CaSS does (its xapi adapter): which competency a statement is about, and what it says of it. Written from
// its behaviour, to hold ours against a reader that is not ours: contextActivities are not read, completion alone says nothing.
import { readPath } from './json-path.js';

export interface CassAssertion {
  competency: string;
  /** Null where the statement makes no assertion. */
  isPositive: boolean;
}

const PASS_ABOVE = 0.7;

/** Null for a statement from which CaSS asserts nothing. `competencies` are the addresses it knows. */
export function readAsCass(
  statement: unknown,
  options: { competencies: readonly string[] },
): CassAssertion | null {
  const [result] = readPath(statement, '$.result');
  if (result === undefined) return null;
  const [success] = readPath(result, '$.success');
  const [scaled] = readPath(result, '$.score.scaled');
  const said =
    typeof success === 'boolean'
      ? success
      : typeof scaled === 'number'
        ? scaled > PASS_ABOVE
        : null;
  if (said === null) return null;
  const addresses = [
    ...readPath(statement, '$.object.id'),
    ...readPath(statement, '$.object.definition.moreInfo'),
  ];
  const competency = options.competencies.find(
    (one) => one.startsWith('http') && addresses.includes(one),
  );
  return competency === undefined ? null : { competency, isPositive: said };
}
