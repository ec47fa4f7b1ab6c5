// What the two sides of a connection by hand copy to each other: our addresses under the names that each product's screens
// give them, and the fields of our form. Pure; the words are in the catalogue under the names here.
import { z } from 'zod';
import type { AddPlatformInput } from '../lti/manage-platforms.js';

interface ToolAddress {
  /** Words in the catalogue: admin:addresses.PRODUCT.NAME. */
  name: string;
  value: string;
}

interface ProductAddresses {
  product: 'canvas' | 'moodle' | 'blackboard' | 'brightspace' | 'other';
  addresses: ToolAddress[];
}

/** Everything a platform asks of a tool, product by product. Addresses are fixed from the first release on. */
export function listToolAddresses(url: string): ProductAddresses[] {
  const target = { name: 'target', value: `${url}/frameworks` };
  const login = { name: 'login', value: `${url}/lti/login` };
  const launch = { name: 'launch', value: `${url}/lti/launch` };
  const keys = { name: 'keys', value: `${url}/lti/keys` };
  const choice = { name: 'choice', value: `${url}/deep-linking` };
  const icon = { name: 'icon', value: `${url}/lti/icon.svg` };
  const domain = { name: 'domain', value: new URL(url).host };
  const configuration = { name: 'configuration', value: `${url}/lti/config/canvas.json` };
  const withNames = { name: 'withNames', value: `${url}/lti/config/canvas.json?names=yes` };
  return [
    { product: 'canvas', addresses: [configuration, withNames, launch, target, login, keys] },
    { product: 'moodle', addresses: [target, keys, login, launch, choice, icon] },
    { product: 'blackboard', addresses: [login, launch, keys, domain, target, choice] },
    { product: 'brightspace', addresses: [domain, launch, login, target, keys, choice] },
    { product: 'other', addresses: [login, launch, keys, target, choice, domain, icon] },
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
  { name: 'authorizationServer', type: 'text', isRequired: false },
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
  authorizationServer: text,
  kind: z.enum(['production', 'test']).default('production'),
});

/** Without a name the issuer's host is it; without a deployment id the first launch waits for approval. */
export function toPlatformInput(form: z.infer<typeof PlatformForm>): AddPlatformInput {
  const { name, deploymentId, authorizationServer, ...rest } = form;
  return {
    ...rest,
    name: name === '' ? (URL.parse(form.issuer)?.host ?? '') : name,
    authorizationServer: authorizationServer === '' ? null : authorizationServer,
    ...(deploymentId === '' ? {} : { deploymentId }),
  };
}
