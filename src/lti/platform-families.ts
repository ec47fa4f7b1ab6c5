// What each family of platforms wants of a registration (LTI Dynamic Registration 1.0), held as data in config/platforms/:
// messages, placements, members of its own, custom parameters, and the hosts that belong together where a product is hosted.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../package-root.js';

const HostedPlatform = z.object({
  issuer: z.string(),
  /** Host names; a leading `*.` stands for one label. */
  hosts: z.array(z.string()),
  /** Its configuration may name the school's own domain as registration endpoint. */
  registersAtSchool: z.boolean(),
});

const Message = z.object({
  type: z.string(),
  /** Path of ours where such a launch leads. */
  target: z.string(),
  placements: z.array(z.string()).default([]),
  /** Members of the platform's own, sent with the message. */
  members: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
  onlyWhereListed: z.boolean().default(false),
});

const CustomParameter = z.object({
  name: z.string(),
  /** Without the leading `$`. */
  variable: z.string(),
  /** What it is for, in words of the catalogue. */
  topic: z.enum(['history', 'term', 'sections', 'sis', 'person', 'roles', 'address']),
});

const Family = z.object({
  family: z.enum(['canvas', 'moodle', 'blackboard', 'brightspace', 'other']),
  name: z.string(),
  productFamilyCodes: z.array(z.string()),
  hosted: z.array(HostedPlatform),
  /** Hosts of the maker's own that any of its platforms may name. */
  furtherHosts: z.array(z.string()),
  endpoints: z.enum(['same-origin', 'same-site']),
  /** Who shows the registration page in a frame: the platform itself, or schools' own domains as well. */
  framedBy: z.enum(['platform', 'anyone']),
  messages: z.array(Message),
  toolMembers: z.record(z.string(), z.string()),
  privacy: z
    .object({ member: z.string(), withNames: z.string(), withoutNames: z.string() })
    .nullable(),
  customParameters: z.array(CustomParameter),
});

export type PlatformFamily = z.infer<typeof Family>;
export type HostedPlatform = z.infer<typeof HostedPlatform>;

let families: PlatformFamily[] | undefined;

/** By the product family code of a configuration or token; `other` for what nobody knows. */
export function findFamily(productFamilyCode: string | null): PlatformFamily {
  const code = productFamilyCode?.toLowerCase();
  const found = listFamilies().find(({ productFamilyCodes }) =>
    productFamilyCodes.some((one) => one.toLowerCase() === code),
  );
  return found ?? getFamily('other');
}

export function getFamily(name: PlatformFamily['family']): PlatformFamily {
  const found = listFamilies().find(({ family }) => family === name);
  if (!found) throw new Error(`config/platforms/${name}.json is not there`);
  return found;
}

/** The hosted service that uses this issuer for all schools, or null. */
export function findHostedPlatform(issuer: string): HostedPlatform | null {
  const hosted = listFamilies().flatMap((family) => family.hosted);
  return hosted.find((one) => one.issuer === issuer) ?? null;
}

function listFamilies(): PlatformFamily[] {
  families ??= readFamilies();
  return families;
}

function readFamilies(): PlatformFamily[] {
  const folder = join(packageRoot(), 'config', 'platforms');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => Family.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}
