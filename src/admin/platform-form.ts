// What the two sides of a registration by hand copy to each other: our addresses in the words Canvas and Moodle use, and
// the fields of our form. Pure; the words are in the catalogue under the names here.
import { z } from 'zod';
import type { AddPlatformInput } from '../lti/manage-platforms.js';

export interface ToolAddress {
  name: 'target' | 'login' | 'launch' | 'keys';
  address: string;
}

/** Everything a platform asks of a tool. Addresses are fixed from the first release on. */
export function listToolAddresses(url: string): ToolAddress[] {
  return [
    { name: 'target', address: `${url}/frameworks` },
    { name: 'login', address: `${url}/lti/login` },
    { name: 'launch', address: `${url}/lti/launch` },
    { name: 'keys', address: `${url}/lti/keys` },
  ];
}

export interface PlatformField {
  name: string;
  type: 'text' | 'url';
  isRequired: boolean;
}

/** In the order a person meets them in the platform. */
export const PLATFORM_FIELDS: readonly PlatformField[] = [
  { name: 'name', type: 'text', isRequired: false },
  { name: 'issuer', type: 'url', isRequired: true },
  { name: 'clientId', type: 'text', isRequired: true },
  { name: 'deploymentId', type: 'text', isRequired: false },
  { name: 'authorizationUrl', type: 'url', isRequired: true },
  { name: 'tokenUrl', type: 'url', isRequired: true },
  { name: 'jwksUrl', type: 'url', isRequired: true },
];

const text = z.string().trim().default('');

/** The form's texts without blanks around them; what they must be, adding the platform says. */
export const PlatformForm = z.object({
  name: text,
  issuer: text,
  clientId: text,
  deploymentId: text,
  authorizationUrl: text,
  tokenUrl: text,
  jwksUrl: text,
});

/** Without a name the issuer's host is it; without a deployment id the first launch waits for approval. */
export function toPlatformInput(form: z.infer<typeof PlatformForm>): AddPlatformInput {
  const { name, deploymentId, ...rest } = form;
  return {
    ...rest,
    name: name === '' ? (URL.parse(form.issuer)?.host ?? '') : name,
    ...(deploymentId === '' ? {} : { deploymentId }),
  };
}
