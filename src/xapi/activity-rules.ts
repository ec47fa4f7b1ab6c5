// Activities and their definitions, interactions included (Data 2.4.4.1).
import { extensions, iri, languageMap } from './common-rules.js';
import { allOf, among, anyText, isRecord, listOf, oneOf, shape, type Rule } from './shape.js';

/** Which component lists belong to which interaction type; the other types have none. */
const COMPONENTS: Record<string, string[]> = {
  choice: ['choices'],
  sequencing: ['choices'],
  likert: ['scale'],
  matching: ['source', 'target'],
  performance: ['steps'],
};
const COMPONENT_LISTS = ['choices', 'scale', 'source', 'target', 'steps'];
const INTERACTION_TYPES = [
  ...Object.keys(COMPONENTS),
  'true-false',
  'fill-in',
  'long-fill-in',
  'numeric',
  'other',
];

const component = shape({ id: anyText, description: languageMap }, ['id']);

const differentIds: Rule = (value, path, faults) => {
  if (!Array.isArray(value)) return;
  const ids = value.map((entry: unknown) => (isRecord(entry) ? entry['id'] : undefined));
  if (new Set(ids).size !== ids.length)
    faults.push({ path, message: 'holds two components of the same id' });
};

const components = allOf(listOf(component), differentIds);

const interaction = among((definition, report) => {
  const type = definition['interactionType'];
  if (type === undefined && Object.hasOwn(definition, 'correctResponsesPattern'))
    report('interactionType', 'is missing beside correctResponsesPattern');
  const supported = typeof type === 'string' ? (COMPONENTS[type] ?? []) : [];
  for (const list of COMPONENT_LISTS)
    if (Object.hasOwn(definition, list) && !supported.includes(list))
      report(
        list,
        `does not belong to ${typeof type === 'string' ? type : 'a definition without interactionType'}`,
      );
});

const definition = allOf(
  shape({
    name: languageMap,
    description: languageMap,
    type: iri,
    moreInfo: iri,
    extensions,
    interactionType: oneOf(...INTERACTION_TYPES),
    correctResponsesPattern: listOf(anyText),
    choices: components,
    scale: components,
    source: components,
    target: components,
    steps: components,
  }),
  interaction,
);

/** An Activity; `objectType` may be absent. */
export const activity: Rule = shape({ objectType: oneOf('Activity'), id: iri, definition }, ['id']);
