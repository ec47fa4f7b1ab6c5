// What the command line and the administration pages do with platforms: add, remove, pause, resume. Adding is idempotent,
// and with another deployment id adds that deployment.
import { z } from 'zod';
import { AppError } from '../http/errors.js';
import { parseInput } from '../http/parse-input.js';
import { approveDeployment, deleteDeployments, type Deployment } from './deployment.model.js';
import {
  deletePlatform,
  recordPlatform,
  setPlatformStatus,
  type Platform,
} from './platform.model.js';
import { platformRecordId } from './record-ids.js';

const id = z.string().min(1, 'is missing').max(255, 'is longer than 255 characters');
const address = z
  .url({ protocol: /^https?$/, error: 'is not an https address' })
  .max(2_048, 'is too long');

const AddPlatformInput = z.object({
  name: z.string().trim().min(1, 'is missing').max(200, 'is longer than 200 characters'),
  issuer: z.string().min(1, 'is missing').max(2_048, 'is too long'),
  clientId: id,
  deploymentId: id.optional(),
  authorizationUrl: address,
  tokenUrl: address,
  jwksUrl: address,
  authorizationServer: z.string().min(1).nullable().default(null),
  kind: z.enum(['production', 'test']).default('production'),
  unknownDeployments: z.enum(['refuse', 'queue', 'approve']).default('queue'),
  serviceHosts: z.array(z.string()).default([]),
  frameOrigins: z.array(z.string()).default([]),
});
export type AddPlatformInput = z.input<typeof AddPlatformInput>;

/**
 * The platform's record comes first, then the deployment's; both can be repeated. `mayReach` refuses addresses that no
 * request of ours could reach (`outgoing.mayReach`). Throws `input.invalid` (400) naming the field.
 */
export async function addPlatform(
  input: AddPlatformInput,
  options: { now: Date; mayReach: (url: string) => boolean },
): Promise<{ platform: Platform; deployment: Deployment | null }> {
  const { now, mayReach } = options;
  const { deploymentId, ...fields } = parseInput(AddPlatformInput, input);
  for (const field of ['authorizationUrl', 'tokenUrl', 'jwksUrl'] as const)
    if (!mayReach(fields[field])) throw unreachable(field);
  const platform = await recordPlatform(fields, now);
  if (deploymentId === undefined) return { platform, deployment: null };
  const deployment = await approveDeployment({ platform: platform._id, deploymentId, now });
  return { platform, deployment };
}

/** Ends its sessions and refuses its launches; courses, people and evidence stay. False when there was none. */
export async function removePlatform(options: {
  issuer: string;
  clientId: string;
}): Promise<boolean> {
  const platform = platformRecordId(options);
  await deleteDeployments({ platform });
  return deletePlatform({ platform });
}

/** False when there is no such platform. */
export async function pausePlatform(options: { platform: string }): Promise<boolean> {
  return setPlatformStatus({ ...options, status: 'paused' });
}

/** False when there is no such platform. */
export async function resumePlatform(options: { platform: string }): Promise<boolean> {
  return setPlatformStatus({ ...options, status: 'active' });
}

function unreachable(field: string): AppError {
  return new AppError('input.invalid', {
    status: 400,
    fields: { [field]: 'is not https, or private and not in CROSSWALK_PRIVATE_HOSTS' },
    values: { fields: field },
  });
}
