// What the doctor says of each fact it finds: the state, in words, and what to do. Pure; doctor-command.ts finds the facts.
import type { Config } from '../config.js';

export interface Check {
  name: string;
  state: 'good' | 'attention' | 'bad';
  text: string;
  /** What to do; null where there is nothing. */
  advice: string | null;
}

const SKEW_ATTENTION_MS = 2_000;
const SKEW_BAD_MS = 30_000;
const BYTES_PER_MB = 1024 * 1024;
const DISK_ATTENTION_MB = 1_024;
const DISK_BAD_MB = 128;
const LATE_MS = 5 * 60_000;
const MS_PER_S = 1_000;

export function checkClock(options: { skewMs: number }): Check {
  const size = Math.abs(options.skewMs);
  const seconds = (size / MS_PER_S).toFixed(1);
  if (size < SKEW_ATTENTION_MS) return good('clock', "The database's clock agrees with ours.");
  return {
    name: 'clock',
    state: size < SKEW_BAD_MS ? 'attention' : 'bad',
    text: `The database's clock is ${seconds} s ${options.skewMs > 0 ? 'ahead of' : 'behind'} ours.`,
    advice:
      'Let both machines take their time from the network (NTP): tokens and statements are judged by it.',
  };
}

export function checkDisk(options: { folder: string; freeBytes: number | null }): Check {
  const { folder, freeBytes } = options;
  if (freeBytes === null)
    return {
      name: 'disk',
      state: 'attention',
      text: `The free space of ${folder} is not known: the folder is not there yet or cannot be read.`,
      advice: 'It is made on the first start; name another folder with CROSSWALK_DATA.',
    };
  const freeMb = Math.floor(freeBytes / BYTES_PER_MB);
  const text = `${String(freeMb)} MB are free in ${folder}.`;
  if (freeMb >= DISK_ATTENTION_MB) return good('disk', text);
  return {
    name: 'disk',
    state: freeMb < DISK_BAD_MB ? 'bad' : 'attention',
    text,
    advice: 'Free some space, or move the data with CROSSWALK_DATA.',
  };
}

export function checkAddress(options: {
  config: Pick<Config, 'url' | 'production'>;
  /** HTTP status of our own /healthz through the public address; null without an answer. */
  status: number | null;
}): Check {
  const { config, status } = options;
  const { url, production } = config;
  if (status === 200) return good('address', `Crosswalk answers at ${url}.`);
  const said =
    status === null ? 'Nothing answers' : `Something else answers (status ${String(status)})`;
  return {
    name: 'address',
    state: 'attention',
    text: `${said} at ${url}.`,
    advice: production
      ? 'Start the server, and check that CROSSWALK_URL and the proxy lead to its port.'
      : 'Start it with: crosswalk start. If it runs, CROSSWALK_URL or PORT differ from its own.',
  };
}

export function checkSecret(options: { kept: string | null; own: string }): Check {
  const { kept, own } = options;
  if (kept === own)
    return good('secret', `The secret fits the data (fingerprint ${own.slice(0, 8)}).`);
  return {
    name: 'secret',
    state: 'bad',
    text:
      kept === null
        ? 'The database knows no secret yet.'
        : `The data are encrypted under another secret (${kept.slice(0, 8)}, ours is ${own.slice(0, 8)}).`,
    advice:
      'Set CROSSWALK_SECRET to the secret that was used before, or, to change it, run: crosswalk secret rotate.',
  };
}

export function checkKeys(options: { count: number; canSign: boolean }): Check {
  const { count, canSign } = options;
  if (canSign)
    return good('keys', `${String(count)} of our keys are offered to platforms, and we can sign.`);
  return {
    name: 'keys',
    state: 'bad',
    text: 'Our signing key cannot be opened.',
    advice: 'Check CROSSWALK_SECRET; a key is encrypted under the secret it was made with.',
  };
}

export function checkPlatforms(options: { active: number; waiting: number }): Check {
  const { active, waiting } = options;
  if (active === 0)
    return {
      name: 'platforms',
      state: 'attention',
      text: 'No active platform is registered, so nobody can launch.',
      advice:
        'Register one: crosswalk platform add --help, or crosswalk operator-link and the form.',
    };
  if (waiting > 0)
    return {
      name: 'platforms',
      state: 'attention',
      text: `${String(active)} active platforms; ${String(waiting)} deployments wait for approval.`,
      advice: 'Approve them in the administration pages: crosswalk operator-link.',
    };
  return good('platforms', `${String(active)} active platforms, no deployment waits.`);
}

export interface DestinationFacts {
  name: string;
  url: string;
  /** Null without an answer. */
  status: number | null;
  /** It refused our key, and waits for a person. */
  isStopped: boolean;
  backlog: number;
  oldestMs: number | null;
  lastError: string | null;
}

export function checkDestination(facts: DestinationFacts): Check {
  const { url, status, backlog, oldestMs, lastError } = facts;
  const name = `lrs ${facts.name}`;
  const waiting = backlog === 0 ? 'nothing waits' : `${String(backlog)} statements wait`;
  const isAnswering = status !== null && status < 500;
  if (!isAnswering)
    return {
      name,
      state: 'bad',
      text: `${url} does not answer (${status === null ? 'no connection' : `status ${String(status)}`}); ${waiting}.`,
      advice:
        'Nothing is lost: statements are sent when it answers again. Check the address, and that it runs.',
    };
  if (facts.isStopped)
    return {
      name,
      state: 'bad',
      text: `${url} answers, but was stopped: ${lastError ?? 'it refused our key'}; ${waiting}.`,
      advice:
        'Go on with it in the administration pages under Record stores, with another key where it needs one.',
    };
  const isLate = backlog > 0 && (oldestMs ?? 0) > LATE_MS;
  if (isLate)
    return {
      name,
      state: 'attention',
      text: `${url} answers, but ${waiting} for ${String(Math.floor((oldestMs ?? 0) / 60_000))} minutes. Last error: ${lastError ?? 'none'}.`,
      advice:
        'See what it said in the administration pages under Record stores; check its key and scope.',
    };
  return good(name, `${url} answers; ${waiting}.`);
}

export function checkParked(options: { parked: number }): Check {
  const { parked } = options;
  if (parked === 0) return good('parked', 'No statement was refused by a record store.');
  return {
    name: 'parked',
    state: 'attention',
    text: `${String(parked)} statements were refused by a record store and are kept.`,
    advice: 'Read why, and try again, in the administration pages under Parked statements.',
  };
}

export function checkDemo(config: Pick<Config, 'demo' | 'demoPort' | 'production'>): Check {
  const { demo, demoPort, production } = config;
  if (!demo) return good('demo', 'The demo LMS is off.');
  return {
    name: 'demo',
    state: production ? 'bad' : 'good',
    text: `The demo LMS is on, at port ${String(demoPort)}.`,
    advice: production ? 'Set CROSSWALK_DEMO=off: anyone may sign in there as anybody.' : null,
  };
}

export function checkEngine(options: {
  kind: 'server' | 'own-engine' | 'shared-engine';
  version: string;
  production: boolean;
}): Check {
  const { kind, version, production } = options;
  const where = {
    server: 'The server in MONGODB_URI answers',
    'own-engine': 'The embedded engine starts and answers',
    'shared-engine': 'The embedded engine of the running server answers',
  };
  const text = `${where[kind]} (MongoDB ${version}).`;
  if (kind === 'server' || !production) return good('database', text);
  return {
    name: 'database',
    state: 'attention',
    text,
    advice: 'In production set MONGODB_URI: the embedded engine is an alpha under the SSPL.',
  };
}

function good(name: string, text: string): Check {
  return { name, state: 'good', text, advice: null };
}
