// Typed settings, read once from the environment. The only reader of process.env; all problems are told at once.
// The list of settings with defaults is config/settings.json; docs/configuration.md shows the same table (a test compares them).
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { packageRoot } from './package-root.js';

const SettingList = z.array(
  z.object({
    name: z.string(),
    default: z.string(),
    about: z.string(),
    secret: z.boolean().optional(),
  }),
);

/** One row of config/settings.json. */
export type Setting = z.infer<typeof SettingList>[number];

const port = z.coerce
  .number({ error: 'is not a number' })
  .int()
  .min(0, 'is below 0')
  .max(65_535, 'is above 65535');
const whole = (min: number, max: number) =>
  z.coerce
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(min, `is below ${min}`)
    .max(max, `is above ${max}`);
const onOff = z.enum(['', 'on', 'off'], { error: 'is neither on nor off' });

const Environment = z.object({
  MONGODB_URI: z.union([
    z.literal(''),
    z.string().regex(/^mongodb(\+srv)?:\/\//, 'does not begin with mongodb:// or mongodb+srv://'),
  ]),
  PORT: port,
  CROSSWALK_URL: z.union([
    z.literal(''),
    z.url({ protocol: /^https?$/, error: 'is not an http or https address' }),
  ]),
  CROSSWALK_DATA: z.string().min(1, 'is empty'),
  CROSSWALK_DATABASE: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,38}$/, 'may hold 1 to 38 letters, digits, _ and -'),
  CROSSWALK_DEMO: onOff,
  CROSSWALK_DEMO_PORT: z.union([z.literal(''), port]),
  CROSSWALK_DEMO_MODE: z.enum(['standard', 'moodle'], {
    error: 'is neither standard nor moodle',
  }),
  CROSSWALK_DEMO_STORAGE: onOff,
  CROSSWALK_PRIVATE_HOSTS: z.string(),
  CROSSWALK_TRUST_PROXY: z.string(),
  CROSSWALK_SECRET: z.union([z.literal(''), z.string().min(32, 'has fewer than 32 characters')]),
  CROSSWALK_SECRET_FILE: z.string(),
  CROSSWALK_SECRET_PREVIOUS: z.string(),
  CROSSWALK_SECRET_PREVIOUS_FILE: z.string(),
  CROSSWALK_KEY_DAYS: whole(1, 3_650),
  CROSSWALK_KEY_OVERLAP_H: whole(1, 720),
  CROSSWALK_LOG_LEVEL: z.enum(['', 'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    error: 'is not a log level',
  }),
  CROSSWALK_CACHE_MB: whole(64, 65_536),
  CROSSWALK_LOADER_DOWNLOAD: onOff,
  CROSSWALK_LOADER_FOLDER: z.string(),
  CROSSWALK_LOGIN_LIMIT: whole(1, 1_000_000),
  CROSSWALK_LAUNCH_MAX_AGE_S: whole(60, 3_600),
  CROSSWALK_LAUNCH_ORIGIN: z.enum(['log', 'refuse'], { error: 'is neither log nor refuse' }),
  CROSSWALK_SESSION_IDLE_MIN: whole(1, 10_080),
  CROSSWALK_SESSION_MAX_H: whole(1, 720),
  CROSSWALK_OUTBOX_BATCH: whole(1, 500),
  CROSSWALK_RESULT_PASS: whole(1, 100),
  CROSSWALK_FILE_MB: whole(1, 100),
  CROSSWALK_FILES_PER_LEARNER: whole(1, 500),
  CROSSWALK_FILES_PER_STAFF: whole(1, 2_000),
  CROSSWALK_LRS_STATEMENT_KB: whole(1, 8_192),
  CROSSWALK_LRS_BATCH: whole(1, 10_000),
  CROSSWALK_LRS_REQUEST_MB: whole(1, 64),
  CROSSWALK_LRS_ATTACHMENT_MB: whole(1, 1_024),
  CROSSWALK_LRS_UPLOAD_MB: whole(1, 4_096),
  CROSSWALK_LRS_DOCUMENT_MB: whole(1, 15),
  CROSSWALK_METRICS_TOKEN: z.string(),
  NODE_ENV: z.enum(['production', 'development', 'test'], {
    error: 'is none of production, development and test',
  }),
});

const SECONDS_MS = 1_000;
const MINUTES_MS = 60 * SECONDS_MS;
const HOURS_MS = 60 * MINUTES_MS;
const DAY_MS = 24 * HOURS_MS;
const KB_BYTES = 1_024;
const MB_BYTES = KB_BYTES * KB_BYTES;

/** Everything the program needs to know before it starts. Times in milliseconds unless the name says otherwise. */
export interface Config {
  production: boolean;
  mongodbUri: string | null;
  databaseName: string;
  port: number;
  /** Public base address, without a trailing slash. */
  url: string;
  dataFolder: string;
  demo: boolean;
  demoPort: number;
  demoMode: 'standard' | 'moodle';
  /** Whether the demo LMS offers LTI platform storage. */
  demoStorage: boolean;
  privateHosts: string[];
  /** What express is told of proxies in front: a count, addresses, or none. */
  trustProxy: number | string[] | false;
  secret: string;
  /** Secrets used before, that open what they sealed. */
  previousSecrets: string[];
  /** How long a signing key of ours signs, and is offered before and after. */
  keyAges: { periodMs: number; overlapMs: number };
  logLevel: string;
  engineCacheMb: number;
  loaderDownloadAllowed: boolean;
  loaderFolder: string;
  loginLimitPerMinute: number;
  launchMaxAgeMs: number;
  /** What a launch meets that a browser says to have posted from another origin than the platform's. */
  launchOrigin: 'log' | 'refuse';
  sessionIdleMs: number;
  sessionMaxMs: number;
  outboxBatchSize: number;
  /** Share of a column's maximum from which on a result succeeds. */
  resultPassPercent: number;
  /** Of files that people hand in or attach: the largest, and how many one person may have in a course. */
  files: { bytes: number; perLearner: number; perStaff: number };
  /** What our LRS takes at once, in bytes, but for the statements of a batch. */
  lrsLimits: {
    statement: number;
    batch: number;
    /** A request's statements. */
    request: number;
    attachment: number;
    /** A request with the contents of attachments. */
    upload: number;
    document: number;
  };
  /** Bearer of /metrics; null leaves it open, an empty one closes it. */
  metricsToken: string | null;
}

/** Thrown with every problem of the settings, one a line, before anything starts. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(
      `The settings have ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n- ${problems.join('\n- ')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings. `environment` defaults to the process's; outside production a missing secret is made
 * and kept in the data folder (mode 0600). Throws ConfigError naming every fault.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems = unknownSettings(environment);
  const values: Record<string, string> = {};
  for (const setting of listSettings())
    values[setting.name] = (environment[setting.name] ?? setting.default).trim() || setting.default;
  const parsed = Environment.safeParse(values);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${wordsOf(issue)}`),
    );
    throw new ConfigError(problems);
  }
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  if (production && env.CROSSWALK_URL === '')
    problems.push('CROSSWALK_URL is missing: production needs the public https address.');
  if (production && env.CROSSWALK_URL.startsWith('http:') && !isLoopback(env.CROSSWALK_URL))
    problems.push('CROSSWALK_URL is http: production needs https except on loopback.');
  if (env.CROSSWALK_SECRET !== '' && env.CROSSWALK_SECRET_FILE !== '')
    problems.push('CROSSWALK_SECRET and CROSSWALK_SECRET_FILE are both set: keep one.');
  if (production && env.CROSSWALK_SECRET === '' && env.CROSSWALK_SECRET_FILE === '')
    problems.push('CROSSWALK_SECRET is missing: production needs it, or CROSSWALK_SECRET_FILE.');
  const keyAges = {
    periodMs: env.CROSSWALK_KEY_DAYS * DAY_MS,
    overlapMs: env.CROSSWALK_KEY_OVERLAP_H * HOURS_MS,
  };
  if (keyAges.overlapMs * 2 >= keyAges.periodMs)
    problems.push('CROSSWALK_KEY_OVERLAP_H is not shorter than half of CROSSWALK_KEY_DAYS.');
  const privateHosts = splitList(env.CROSSWALK_PRIVATE_HOSTS);
  for (const host of privateHosts.filter((entry) => !/^[^\s:/]+:(\d{1,5}|\*)$/.test(entry)))
    problems.push(`CROSSWALK_PRIVATE_HOSTS holds "${host}": entries are host:port or host:*.`);
  if (problems.length > 0) throw new ConfigError(problems);

  const dataFolder = resolve(env.CROSSWALK_DATA);
  return {
    production,
    mongodbUri: env.MONGODB_URI === '' ? null : env.MONGODB_URI,
    databaseName: env.CROSSWALK_DATABASE,
    port: env.PORT,
    url: (env.CROSSWALK_URL === '' ? `http://localhost:${env.PORT}` : env.CROSSWALK_URL).replace(
      /\/+$/,
      '',
    ),
    dataFolder,
    demo: env.CROSSWALK_DEMO === '' ? !production : env.CROSSWALK_DEMO === 'on' && !production,
    demoPort: env.CROSSWALK_DEMO_PORT === '' ? env.PORT + 1 : env.CROSSWALK_DEMO_PORT,
    demoMode: env.CROSSWALK_DEMO_MODE,
    demoStorage: env.CROSSWALK_DEMO_STORAGE !== 'off',
    privateHosts,
    trustProxy: readTrustProxy(env.CROSSWALK_TRUST_PROXY),
    secret: readSecret({
      secret: env.CROSSWALK_SECRET,
      file: env.CROSSWALK_SECRET_FILE,
      dataFolder,
    }),
    previousSecrets: readPreviousSecrets({
      list: env.CROSSWALK_SECRET_PREVIOUS,
      file: env.CROSSWALK_SECRET_PREVIOUS_FILE,
    }),
    keyAges,
    logLevel:
      env.CROSSWALK_LOG_LEVEL === '' ? (production ? 'info' : 'warn') : env.CROSSWALK_LOG_LEVEL,
    engineCacheMb: env.CROSSWALK_CACHE_MB,
    loaderDownloadAllowed: env.CROSSWALK_LOADER_DOWNLOAD !== 'off',
    loaderFolder:
      env.CROSSWALK_LOADER_FOLDER === ''
        ? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'crosswalk')
        : resolve(env.CROSSWALK_LOADER_FOLDER),
    loginLimitPerMinute: env.CROSSWALK_LOGIN_LIMIT,
    launchMaxAgeMs: env.CROSSWALK_LAUNCH_MAX_AGE_S * SECONDS_MS,
    launchOrigin: env.CROSSWALK_LAUNCH_ORIGIN,
    sessionIdleMs: env.CROSSWALK_SESSION_IDLE_MIN * MINUTES_MS,
    sessionMaxMs: env.CROSSWALK_SESSION_MAX_H * HOURS_MS,
    outboxBatchSize: env.CROSSWALK_OUTBOX_BATCH,
    resultPassPercent: env.CROSSWALK_RESULT_PASS,
    files: {
      bytes: env.CROSSWALK_FILE_MB * MB_BYTES,
      perLearner: env.CROSSWALK_FILES_PER_LEARNER,
      perStaff: env.CROSSWALK_FILES_PER_STAFF,
    },
    lrsLimits: {
      statement: env.CROSSWALK_LRS_STATEMENT_KB * KB_BYTES,
      batch: env.CROSSWALK_LRS_BATCH,
      request: env.CROSSWALK_LRS_REQUEST_MB * MB_BYTES,
      attachment: env.CROSSWALK_LRS_ATTACHMENT_MB * MB_BYTES,
      upload: env.CROSSWALK_LRS_UPLOAD_MB * MB_BYTES,
      document: env.CROSSWALK_LRS_DOCUMENT_MB * MB_BYTES,
    },
    metricsToken:
      env.CROSSWALK_METRICS_TOKEN === '' && !production ? null : env.CROSSWALK_METRICS_TOKEN,
  };
}

/** Every setting with its default and one sentence, as config/settings.json lists them. */
export function listSettings(): Setting[] {
  const text = readFileSync(join(packageRoot(), 'config', 'settings.json'), 'utf8');
  return SettingList.parse(JSON.parse(text));
}

function unknownSettings(environment: NodeJS.ProcessEnv): string[] {
  const known = new Set(listSettings().map((setting) => setting.name));
  return Object.keys(environment)
    .filter((name) => name.startsWith('CROSSWALK_') && !known.has(name))
    .map((name) => `${name} is not a setting of Crosswalk (docs/configuration.md lists them).`);
}

function wordsOf(issue: {
  code: string;
  message: string;
  errors?: { message: string }[][];
}): string {
  const inner = issue.errors?.flat().at(-1)?.message;
  return `${inner ?? issue.message}.`;
}

function readSecret(options: { secret: string; file: string; dataFolder: string }): string {
  if (options.secret !== '') return options.secret;
  const file = options.file === '' ? join(options.dataFolder, 'secret') : resolve(options.file);
  const found = readFileIfThere(file);
  if (found !== null) {
    if (found.length >= 32) return found;
    throw new ConfigError([`The secret in ${file} has fewer than 32 characters.`]);
  }
  if (options.file !== '')
    throw new ConfigError([`CROSSWALK_SECRET_FILE names ${file}, which cannot be read.`]);
  return makeSecret({ file, dataFolder: options.dataFolder });
}

function readPreviousSecrets(options: { list: string; file: string }): string[] {
  // A secret may hold a comma itself: the whole is one possibility, and a text that opens nothing does no harm.
  const listed = [
    ...new Set([...splitList(options.list), options.list].filter((one) => one !== '')),
  ];
  if (options.file === '') return listed;
  const found = readFileIfThere(resolve(options.file));
  if (found === null)
    throw new ConfigError([
      `CROSSWALK_SECRET_PREVIOUS_FILE names ${options.file}, which cannot be read.`,
    ]);
  return [...listed, found];
}

function makeSecret(options: { file: string; dataFolder: string }): string {
  const secret = randomBytes(48).toString('base64url');
  try {
    mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
    writeFileSync(options.file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch (error) {
    const made = readFileIfThere(options.file);
    if (made !== null && made.length >= 32) return made;
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `The data folder ${options.dataFolder} cannot be written (${why}). Choose another with CROSSWALK_DATA, or free space.`,
    ]);
  }
}

function readFileIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null; // Absent or unreadable: the caller says which of the two matters.
  }
}

function readTrustProxy(value: string): number | string[] | false {
  if (value === '') return false;
  if (/^\d+$/.test(value)) return Number(value);
  return splitList(value);
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
