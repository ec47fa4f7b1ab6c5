// Processor time of another process, from /proc; NaN where there is none (anywhere but Linux), which is printed as a dash.
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second on every platform that Node runs on. */
const TICKS_A_SECOND = 100;
const USER_TIME_FIELD = 11;

export function readCpuSeconds(pid: number | null): number {
  if (pid === null) return Number.NaN;
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The fields after the name, which is in parentheses and may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user, system] = fields.slice(USER_TIME_FIELD, USER_TIME_FIELD + 2);
    return (Number(user) + Number(system)) / TICKS_A_SECOND;
  } catch {
    return Number.NaN;
  }
}
