// Evidence sources as administrators set them up: another record store with its password sealed, or a key of ours; which actors
// are ours; paused and resumed. Each change is one write.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { openSealedText, sealText } from '../secrets.js';
import {
  ACCOUNT_NAMES,
  changeSource,
  findSealedSourcePassword,
  findSource,
  insertSource,
  type ActorRules,
  type EvidenceSource,
} from './evidence-source.model.js';

const PURPOSE = 'source-password';
const MOST_RULES = 20;

const Text = (fault: string, most: number) =>
  z.string({ error: fault }).trim().min(1, fault).max(most, 'sources:fault.long');
const Name = Text('sources:fault.name', 100);
const Store = z.object({
  name: Name,
  endpoint: z
    .string({ error: 'sources:fault.endpoint' })
    .trim()
    .max(500, 'sources:fault.long')
    .refine(isAddress, 'sources:fault.endpoint'),
  key: Text('sources:fault.key', 200),
  password: Text('sources:fault.password', 500),
});
const OwnKey = z.object({ name: Name, key: Text('sources:fault.key', 200) });
const Rules = z.object({
  homePages: z.string().max(20_000, 'sources:fault.long').default(''),
  accountName: z.enum(ACCOUNT_NAMES, 'sources:fault.accountName'),
  mailboxes: z.literal('yes').optional(),
});

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    ['https:', 'http:'].includes(url.protocol) &&
    url.username + url.password + url.search + url.hash === ''
  );
}

/** Which actors are ours, from a form: home pages line by line. Throws `input.invalid` (400). */
export function readRules(body: unknown): ActorRules {
  const { homePages, accountName, mailboxes } = parseInput(Rules, body);
  const lines = [...new Set(homePages.split(/\s*\n\s*/).map((line) => line.trim()))].filter(
    (line) => line !== '',
  );
  const wrong = lines.find((line) => !/^[a-z][a-z0-9+.-]*:\S+$/i.test(line));
  if (wrong !== undefined || lines.length > MOST_RULES)
    throw new AppError('input.invalid', {
      status: 400,
      fields: { homePages: 'sources:fault.homePages' },
    });
  return {
    accounts: lines.map((homePage) => ({ homePage, name: accountName })),
    mailboxes: mailboxes === 'yes',
  };
}

/**
 * Another record store, read from its beginning. `mayReach` refuses addresses that the guarded client would refuse. Returns
 * the source's id. Throws `input.invalid` (400), naming the field.
 */
export async function addStoreSource(options: {
  deployment: string;
  body: unknown;
  secret: string;
  mayReach: (url: string) => boolean;
  now: Date;
}): Promise<string> {
  const { deployment, body, secret, mayReach, now } = options;
  const { name, endpoint, key, password } = parseInput(Store, body);
  const rules = readRules(body);
  if (!mayReach(endpoint))
    throw new AppError('input.invalid', {
      status: 400,
      fields: { endpoint: 'sources:fault.unreachable' },
    });
  return insertSource({
    deployment,
    name,
    endpoint: endpoint.replace(/\/+$/, ''),
    key,
    sealedPassword: sealText({ secret, purpose: PURPOSE, text: password }),
    rules,
    now,
  });
}

/** A key of our own record store, by which another tool writes. `isKey` says whether it is one. Throws as above. */
export async function addKeySource(options: {
  deployment: string;
  body: unknown;
  isKey: (key: string) => Promise<boolean>;
  now: Date;
}): Promise<string> {
  const { deployment, body, isKey, now } = options;
  const { name, key } = parseInput(OwnKey, body);
  const rules = readRules(body);
  if (!(await isKey(key)))
    throw new AppError('input.invalid', { status: 400, fields: { key: 'sources:fault.noKey' } });
  return insertSource({ deployment, name, endpoint: null, key, sealedPassword: null, rules, now });
}

/** Throws `source.not-found` (404). */
export async function getSource(options: {
  deployment: string;
  source: string;
}): Promise<EvidenceSource> {
  const found = await findSource(options);
  if (!found) throw new AppError('source.not-found', { status: 404 });
  return found;
}

/** Counts for what comes, and for actors nobody was found for so far. Throws `source.not-found` (404). */
export async function setRules(options: {
  deployment: string;
  source: string;
  rules: ActorRules;
}): Promise<void> {
  const { rules, ...place } = options;
  await change({ ...place, change: { rules } });
}

/** Paused, its statements do not count and it is not read. Resumed, it goes on at once. Throws `source.not-found` (404). */
export async function setStatus(options: {
  deployment: string;
  source: string;
  status: 'active' | 'paused';
}): Promise<void> {
  const { status, ...place } = options;
  const again = status === 'active' ? { failures: 0, retryAt: null, lastError: null } : {};
  await change({ ...place, change: { status, ...again } });
}

async function change(options: Parameters<typeof changeSource>[0]): Promise<void> {
  if (!(await changeSource(options))) throw new AppError('source.not-found', { status: 404 });
}

/** Throws UnsealError when the instance's secret is another one, `source.not-found` (404) without a password. */
export async function openSourcePassword(options: {
  deployment: string;
  source: string;
  secret: string;
}): Promise<string> {
  const { secret, ...place } = options;
  const sealed = await findSealedSourcePassword(place);
  if (sealed === null) throw new AppError('source.not-found', { status: 404 });
  return openSealedText({ secret, purpose: PURPOSE, sealed });
}
