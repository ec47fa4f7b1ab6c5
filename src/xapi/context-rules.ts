// The context of a statement (Data 2.4.6; 2.0 adds contextAgents and contextGroups).
import { activity } from './activity-rules.js';
import { actor, agent, group } from './actor-rules.js';
import { extensions, iri, languageTag, uuid } from './common-rules.js';
import { statementRef } from './part-rules.js';
import { addFault, allOf, anyText, listOf, oneOf, shape, type Rule } from './shape.js';
import type { XapiVersion } from './statement.js';

const activities = listOf(activity);

/** A single activity instead of an array is the way of version 0.95, to be read still (Data 2.4.6.2). */
const oneOrMore: Rule = (value, path, faults) =>
  (Array.isArray(value) ? activities : activity)(value, path, faults);

const contextActivities = shape({
  parent: oneOrMore,
  grouping: oneOrMore,
  category: oneOrMore,
  other: oneOrMore,
});

const notEmpty: Rule = (value, path, faults) => {
  if (Array.isArray(value) && value.length === 0) addFault(faults, path, 'is empty');
};
const relevantTypes = allOf(listOf(iri), notEmpty);

const contextAgent = shape({ objectType: oneOf('contextAgent'), agent, relevantTypes }, [
  'objectType',
  'agent',
]);
const contextGroup = shape({ objectType: oneOf('contextGroup'), group, relevantTypes }, [
  'objectType',
  'group',
]);

const fields = {
  registration: uuid,
  instructor: actor,
  team: group,
  contextActivities,
  revision: anyText,
  platform: anyText,
  language: languageTag,
  statement: statementRef,
  extensions,
};

/** The context as the spoken version has it. */
export const contextRules: Record<XapiVersion, Rule> = {
  '1.0.3': shape(fields),
  '2.0.0': shape({
    ...fields,
    contextAgents: listOf(contextAgent),
    contextGroups: listOf(contextGroup),
  }),
};
