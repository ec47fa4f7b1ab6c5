// The form in which an administrator sets a scale of ratings: up to eight levels with their points, lowest first, of which one
// is the lowest that meets it. Pure.
import { z } from 'zod';
import type { Words } from '../http/catalogue.js';
import type { ScaleRevision } from '../activities/framework-setting.model.js';
import type { ScaleLevel } from '../activities/rating-scale.js';
import type { FormFaults } from './read-form.js';

const MOST_LEVELS = 8;
const LEAST_LEVELS = 2;
const MOST_CHARACTERS = 40;
const POINTS = /^\d{1,4}([.,]\d{1,2})?$/;

const text = z.string().trim().default('');

/** Every field of the form is a text; the faults name them. */
export const ScaleInput = z.looseObject({
  revision: z.coerce.number().int().min(0).max(1_000_000),
  meets: z.string().max(2).default(''),
  /** The button that goes back to the wider scale. */
  lift: z.string().optional(),
});
export type ScaleInput = z.infer<typeof ScaleInput>;

export interface ReadScale {
  levels: ScaleLevel[];
  meets: string;
}

/**
 * The levels as typed, or what is wrong with them by field (keys of the catalogue). A level whose words and points stand in
 * the scale before keeps its id, so that ratings on it stay comparable; every other gets a new one.
 */
export function readScaleForm(options: {
  form: ScaleInput;
  before: readonly ScaleLevel[];
  newId: (index: number) => string;
}): ReadScale | { faults: Record<string, string> } {
  const { form, before, newId } = options;
  const rows = Array.from({ length: MOST_LEVELS }, (_, index) => ({
    index,
    label: text.catch('').parse(form[`label.${index}`]),
    points: text.catch('').parse(form[`points.${index}`]),
  })).filter(({ label, points }) => label !== '' || points !== '');
  const faults: Record<string, string> = {};
  const blame = (field: string, fault: string) => (faults[field] ??= `scale:faults.${fault}`);
  const levels = rows.map(({ index, label, points: typed }, place) => {
    if (label === '') blame(`label.${index}`, 'label');
    if (label.length > MOST_CHARACTERS) blame(`label.${index}`, 'long');
    if (/^\d+$/.test(label)) blame(`label.${index}`, 'number');
    const twin = rows.slice(0, place).some((one) => isAlike(one.label, label));
    if (twin) blame(`label.${index}`, 'same');
    if (!POINTS.test(typed)) blame(`points.${index}`, 'points');
    const points = Number(typed.replace(',', '.'));
    const lower = rows[place - 1]?.points.replace(',', '.');
    if (lower !== undefined && points <= Number(lower)) blame(`points.${index}`, 'order');
    const same = before.find((one) => one.label === label && one.points === points);
    return { index, id: same?.id ?? newId(index), label, points };
  });
  if (levels.length < LEAST_LEVELS) blame(`label.${levels.length}`, 'few');
  const meeting = levels.find(({ index }) => String(index) === form.meets);
  if (!meeting || meeting === levels[0]) blame('meets', 'meets');
  if (Object.keys(faults).length > 0 || !meeting) return { faults };
  return {
    levels: levels.map(({ id, label, points }) => ({ id, label, points })),
    meets: meeting.id,
  };
}

/** The form's rows, as typed where it comes back with faults. */
export function buildScaleRows(options: {
  current: ScaleRevision | null;
  faults: FormFaults | null;
  words: Words;
  language: string;
}) {
  const { current, faults, words, language } = options;
  const number = new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 2 });
  return Array.from({ length: MOST_LEVELS }, (_, index) => {
    const level = current?.levels?.[index];
    const typed = faults?.typed;
    const fault = faults?.fields[`label.${index}`] ?? faults?.fields[`points.${index}`];
    return {
      index,
      place: index + 1,
      label: typed?.[`label.${index}`] ?? level?.label ?? '',
      points: typed?.[`points.${index}`] ?? (level ? number.format(level.points) : ''),
      meets: typed
        ? typed['meets'] === String(index)
        : level !== undefined && level.id === current?.meets,
      fault: fault === undefined ? null : words(fault),
    };
  });
}

function isAlike(one: string, other: string): boolean {
  return other !== '' && one.toLowerCase() === other.toLowerCase();
}
