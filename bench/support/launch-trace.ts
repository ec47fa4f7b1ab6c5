// Which engine calls the launches of a server made, request by request: read from what a watched server noted while one
// launch after another went through, and summed up by command.
import { z } from 'zod';
import { RequestCalls } from './peer-protocol.js';

export const LaunchTrace = z.object({
  launches: z.array(z.object({ steps: z.array(RequestCalls) })),
  /** How many of the steps came before the platform's form post. */
  loginSteps: z.number(),
  pageHeaders: z.record(z.string(), z.string()),
});
export type LaunchTrace = z.infer<typeof LaunchTrace>;

/** Headers that belong to one connection or one person. */
const OWN_HEADERS = new Set([
  'date',
  'connection',
  'keep-alive',
  'set-cookie',
  'transfer-encoding',
]);

/** `requests` are those of whole launches, one after the other; each begins with the login. */
export function readTrace(options: {
  requests: RequestCalls[];
  loginPath: string;
  launchPath: string;
  headers: Record<string, string | string[] | undefined>;
}): LaunchTrace {
  const { requests, loginPath, launchPath, headers } = options;
  const launches: LaunchTrace['launches'] = [];
  let before = '';
  for (const request of requests) {
    if (request.path === loginPath && before !== loginPath) launches.push({ steps: [] });
    launches.at(-1)?.steps.push(request);
    before = request.path;
  }
  const first = launches[0]?.steps ?? [];
  return {
    launches,
    loginSteps: first.findIndex((step) => step.method === 'POST' && step.path === launchPath),
    pageHeaders: sharedHeaders(headers),
  };
}

/** The headers of a page that another server may send with the same bytes. */
export function sharedHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !OWN_HEADERS.has(name) ? [[name, value]] : [],
    ),
  );
}

/** "find 3, insert 2 = 5 a launch": means over the launches, by command and collection. */
export function describeCalls(launches: LaunchTrace['launches']): {
  total: number;
  byCommand: string;
  byStep: string[];
} {
  const calls = launches.flatMap(({ steps }) => steps.flatMap((step) => step.calls));
  const count = launches.length;
  const steps = launches[0]?.steps ?? [];
  return {
    total: calls.length / count,
    byCommand: countBy(
      calls.map((call) => call.command),
      count,
    ),
    byStep: steps.map((step, index) => {
      const own = launches.flatMap((launch) => launch.steps[index]?.calls ?? []);
      const waves = launches.map((launch) =>
        Math.max(0, ...(launch.steps[index]?.calls ?? []).map((call) => call.wave)),
      );
      const mean = waves.reduce((sum, wave) => sum + wave, 0) / count;
      const list = countBy(
        own.map((call) => `${call.command} ${call.collection}`),
        count,
      );
      return `${step.method} ${step.path}: ${list === '' ? 'none' : `${list} (one after another: ${round(mean)})`}`;
    }),
  };
}

function countBy(names: string[], launches: number): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, found]) => `${name} ${round(found / launches)}`)
    .join(', ');
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
