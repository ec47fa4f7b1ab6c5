// A statement as someone without a right to names may read it: the learner by pseudonym, other people left out. Pure; the
// stored statement is never changed. xAPI 1.0.3 Data, sections 2.4.2 (actor), 2.4.6 (instructor, team).

/** JSON of a statement, as the record store gave it. */
export type StatementJson = Record<string, unknown>;

const WITHHELD = 'withheld';

/**
 * The actor becomes an account of ours with the pseudonym as name, unless it is one already; then only its display name
 * goes. Other people of the context go; people as objects, and those inside a sub-statement, are treated in the same way.
 */
export function hidePeople(options: {
  statement: StatementJson;
  /** Stands for the learner the statement is about. */
  pseudonym: string;
  /** Home page of our own pseudonymous accounts. */
  homePage: string;
}): StatementJson {
  const { statement, pseudonym, homePage } = options;
  const account = (name: string) => ({ objectType: 'Agent', account: { homePage, name } });
  const hideAgent = (agent: unknown, name: string): unknown => {
    if (!isRecord(agent)) return agent;
    const { account: own } = agent;
    return isRecord(own) && own['homePage'] === homePage
      ? { objectType: 'Agent', account: own }
      : account(name);
  };
  const hideIn = (part: StatementJson): StatementJson => ({
    ...part,
    ...('actor' in part && { actor: hideAgent(part['actor'], pseudonym) }),
    ...('object' in part && { object: hideObject(part['object']) }),
    ...('context' in part && { context: hideContext(part['context']) }),
  });
  const hideObject = (object: unknown): unknown => {
    if (!isRecord(object)) return object;
    if (object['objectType'] === 'SubStatement') return hideIn(object);
    const isPerson = object['objectType'] === 'Agent' || object['objectType'] === 'Group';
    return isPerson ? hideAgent(object, WITHHELD) : object;
  };
  return hideIn(statement);
}

function hideContext(statementContext: unknown): unknown {
  if (!isRecord(statementContext)) return statementContext;
  const {
    instructor: _instructor,
    team: _team,
    contextAgents: _agents,
    contextGroups: _groups,
    ...rest
  } = statementContext;
  return rest;
}

function isRecord(value: unknown): value is StatementJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
