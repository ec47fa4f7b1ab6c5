// A length of time in words, in its largest whole unit. Pure.
import type { Words } from '../http/catalogue.js';

const SECOND_MS = 1_000;
const UNITS = [
  { key: 'days', ms: 86_400 * SECOND_MS },
  { key: 'hours', ms: 3_600 * SECOND_MS },
  { key: 'minutes', ms: 60 * SECOND_MS },
];

export function writeAge(ms: number, words: Words): string {
  const unit = UNITS.find((one) => ms >= one.ms) ?? { key: 'seconds', ms: SECOND_MS };
  return words(`admin:age.${unit.key}`, { count: Math.max(0, Math.floor(ms / unit.ms)) });
}
