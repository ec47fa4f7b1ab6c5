// Moments as statements write them (Data 4.5; RFC 3339, ISO 8601): read into microseconds since 1970, written in UTC.
// Refused: no zone beside a time of day, a negative zero offset, days that no calendar has.

const EXTENDED =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?(Z|z|[+-]\d{2}(?::?\d{2})?))?$/;
const BASIC =
  /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d+))?)?)?(Z|[+-]\d{2}(?::?\d{2})?))?$/;
const MINUTE_US = 60_000_000;
const MS_US = 1_000;

/** Microseconds since 1970-01-01T00:00:00Z, or null when the text is no such moment. Digits beyond microseconds are cut. */
export function readMomentUs(text: string): number | null {
  const parts = EXTENDED.exec(text) ?? BASIC.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] =
    parts;
  const offset = readOffsetMinutes(zone);
  if (offset === null || !isDay(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  return date.getTime() * MS_US + micros - offset * MINUTE_US;
}

/** True for a text that readMomentUs reads. */
export function isMoment(text: string): boolean {
  return readMomentUs(text) !== null;
}

/** In UTC with six digits of the second, so that text order is time order. */
export function writeMoment(us: number): string {
  const micros = ((us % MS_US) + MS_US) % MS_US;
  const iso = new Date((us - micros) / MS_US).toISOString();
  return `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

/** Minutes east of UTC. `-00`, `-0000` and `-00:00` say "zone unknown" in RFC 3339 and are refused (Data 4.5). */
function readOffsetMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return null;
  const offset = hours * 60 + minutes;
  if (!zone.startsWith('-')) return offset;
  return offset === 0 ? null : -offset;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const longest = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= longest;
}
