// Registers a platform by hand, from the form and from the command line alike: what Canvas calls a developer key and
// Moodle an external tool. Registering the same issuer and client id again changes it; a further deployment id is added.
import { z } from 'zod';
import { approveDeployment, type Deployment } from '../lti/deployment.model.js';
import { recordPlatform, type Platform } from '../lti/platform.model.js';

const LONGEST_ID = 255;
const LONGEST_NAME = 120;
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** Messages are keys of the catalogue. */
const shortText = (longest: number) =>
  z
    .string({ error: 'admin:fault.missing' })
    .trim()
    .min(1, 'admin:fault.missing')
    .max(longest, 'admin:fault.long');
const address = z
  .string({ error: 'admin:fault.missing' })
  .trim()
  .min(1, 'admin:fault.missing')
  .refine(isUsableAddress, 'admin:fault.address');

export const PlatformInput = z.object({
  issuer: address,
  clientId: shortText(LONGEST_ID),
  /** May be left out: then the first launch of a deployment waits for approval. */
  deploymentId: z.string().trim().max(LONGEST_ID, 'admin:fault.long').default(''),
  name: z.string().trim().max(LONGEST_NAME, 'admin:fault.long').default(''),
  authorizationUrl: address,
  tokenUrl: address,
  jwksUrl: address,
});
export type PlatformInput = z.infer<typeof PlatformInput>;

/** The platform's record is the fact; the deployment's follows and may be repeated. */
export async function addPlatform(options: {
  input: PlatformInput;
  now: Date;
}): Promise<{ platform: Platform; deployment: Deployment | null }> {
  const { deploymentId, name, ...input } = options.input;
  const fields = { ...input, name: name === '' ? new URL(input.issuer).host : name };
  const platform = await recordPlatform(
    {
      ...fields,
      authorizationServer: null,
      kind: 'production',
      unknownDeployments: 'queue',
      serviceHosts: [],
      frameOrigins: [],
    },
    options.now,
  );
  if (deploymentId === '') return { platform, deployment: null };
  const deployment = await approveDeployment({
    platform: platform._id,
    deploymentId,
    now: options.now,
  });
  return { platform, deployment };
}

/** https, or http on this machine; no name or password in it. */
function isUsableAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname);
}
