// Whether a value is a statement (Data 2.2 to 2.4 of xAPI 1.0.3, and of 2.0 where its tests differ). Complete but for what
// needs other statements or attachments' bytes: ids already taken, voided targets, signatures. Pure.
import { activity } from './activity-rules.js';
import { actor, agent, authority, group } from './actor-rules.js';
import { moment, uuid } from './common-rules.js';
import { contextRules } from './context-rules.js';
import { isStatementVersion } from './formats.js';
import { attachments, result, statementRef, verb } from './part-rules.js';
import {
  addFault,
  allOf,
  among,
  isRecord,
  oneOf,
  shape,
  text,
  type Fault,
  type Rule,
} from './shape.js';
import type { Statement, XapiVersion } from './statement.js';
import { VERBS } from './vocabulary.js';

/** Every fault of a value as a statement of this version, each with its path; none means that it is one. */
export function findStatementFaults(value: unknown, options: { version: XapiVersion }): Fault[] {
  const faults: Fault[] = [];
  rules[options.version](value, '', faults);
  return faults;
}

/** Narrows a value to a statement of this version. */
export function isStatement(value: unknown, options: { version: XapiVersion }): value is Statement {
  return findStatementFaults(value, options).length === 0;
}

function statementRule(version: XapiVersion): Rule {
  const body = bodyFields(version);
  const subStatement = allOf(
    shape({ objectType: oneOf('SubStatement'), ...body, object: objectRule(null) }, [
      'objectType',
      'actor',
      'verb',
      'object',
    ]),
    onlyForActivities,
    voidsStatements,
  );
  return allOf(
    shape(
      {
        id: uuid,
        ...body,
        object: objectRule(subStatement),
        stored: moment,
        authority,
        version: text(
          (value) => isStatementVersion(value, version),
          'a version that is spoken here',
        ),
      },
      ['actor', 'verb', 'object'],
    ),
    onlyForActivities,
    voidsStatements,
  );
}

function bodyFields(version: XapiVersion): Record<string, Rule> {
  return { actor, verb, result, context: contextRules[version], timestamp: moment, attachments };
}

/** The object, by its `objectType`; without one it is an activity. A sub-statement holds no further one (`null`). */
function objectRule(subStatement: Rule | null): Rule {
  const byType = new Map<unknown, Rule>([
    [undefined, activity],
    ['Activity', activity],
    ['Agent', agent],
    ['Group', group],
    ['StatementRef', statementRef],
  ]);
  if (subStatement) byType.set('SubStatement', subStatement);
  return (value, path, faults) => {
    const type = isRecord(value) ? value['objectType'] : undefined;
    const rule = byType.get(type);
    if (rule) return rule(value, path, faults);
    addFault(faults, `${path}.objectType`, 'is not a type of object that may stand here');
  };
}

/** Data 2.4.6: `revision` and `platform` speak of an activity. */
const onlyForActivities = among((statement, report) => {
  const { object, context } = statement;
  if (!isRecord(object) || !isRecord(context)) return;
  if (object['objectType'] === undefined || object['objectType'] === 'Activity') return;
  for (const key of ['revision', 'platform'])
    if (Object.hasOwn(context, key))
      report(`context.${key}`, 'stands beside an object that is no activity');
});

/** Data 2.3.2: what is voided is a statement. */
const voidsStatements = among((statement, report) => {
  const { verb: said, object } = statement;
  if (!isRecord(said) || said['id'] !== VERBS.voided || !isRecord(object)) return;
  if (object['objectType'] !== 'StatementRef')
    report('object.objectType', 'of a voiding statement is not StatementRef');
});

const rules: Record<XapiVersion, Rule> = {
  '1.0.3': statementRule('1.0.3'),
  '2.0.0': statementRule('2.0.0'),
};
