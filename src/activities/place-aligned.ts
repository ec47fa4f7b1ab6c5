// Aligning at the moment of placing: for each lesson and resource that was chosen, the competencies that it serves are offered
// as chosen, and what the form says is read. Pure.
import { z } from 'zod';
import type { FrameworkTree } from '../frameworks/framework-tree.js';
import type { LearningResource } from '../library/learning-resource.model.js';
import { STAGES, type AlignedItem } from './alignment.model.js';
import type { StageWords } from './stage-words.js';

const MAX_ITEMS = 50;
const Items = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .catch([])
  .transform((items) => [...new Set(items)].slice(0, MAX_ITEMS));

export interface AlignChoice {
  /** Value of the choice, `lesson:ID` or `resource:ID`. */
  value: string;
  title: string;
  rows: {
    identifier: string;
    statement: string;
    name: string;
    stageName: string;
    stages: { value: string; label: string; isChosen: boolean }[];
  }[];
}

/** Competencies in force that each of the resources serves. */
export function buildAlignChoices(options: {
  chosen: readonly { value: string; resource: LearningResource }[];
  tree: FrameworkTree;
  stageWords: StageWords;
}): AlignChoice[] {
  const { chosen, tree, stageWords } = options;
  return chosen.map(({ value, resource }) => ({
    value,
    title: resource.title,
    rows: listServed(resource, tree).map(({ identifier, fullStatement }) => ({
      identifier,
      statement: fullStatement,
      name: `item-${value}`,
      stageName: `stage-${value}-${identifier}`,
      stages: STAGES.map((stage) => ({
        value: stage,
        label: stageWords(stage),
        isChosen: stage === 'introduced',
      })),
    })),
  }));
}

/** What the form says of one choice; what the resource does not serve is left out. */
export function readAlignChoice(options: {
  form: Readonly<Record<string, unknown>>;
  value: string;
  resource: LearningResource;
  tree: FrameworkTree;
}): AlignedItem[] {
  const { form, value, resource, tree } = options;
  const served = new Set(listServed(resource, tree).map(({ identifier }) => identifier));
  return Items.parse(form[`item-${value}`])
    .filter((item) => served.has(item))
    .map((item) => ({
      framework: tree.framework.id,
      item,
      stage: STAGES.find((stage) => stage === form[`stage-${value}-${item}`]) ?? 'introduced',
    }));
}

function listServed({ serves }: LearningResource, tree: FrameworkTree) {
  return serves
    .filter(({ framework, until }) => framework === tree.framework.id && until === null)
    .flatMap(({ item }) => tree.items.get(item) ?? [])
    .filter(({ isRetired, CFItemType }) => !isRetired && CFItemType === 'Competency')
    .slice(0, MAX_ITEMS);
}
