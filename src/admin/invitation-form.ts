// The form that makes an invitation (pure): its texts, and what they mean.
import { z } from 'zod';
import { DEFAULT_INVITATION_HOURS, type CreateInvitationInput } from '../lti/create-invitation.js';

const text = z.string().trim().default('');

export const InvitationForm = z.object({
  name: text,
  kind: z.enum(['production', 'test']).default('production'),
  deployments: z.enum(['queue', 'approve']).default('queue'),
  names: text,
  hours: text,
  hosts: text,
  platform: text,
});

/** What each of them must be, making the invitation says. Hosts are set apart by blanks or commas. */
export function toInvitationInput(form: z.infer<typeof InvitationForm>): CreateInvitationInput {
  const { name, kind, deployments, names, hours, hosts, platform } = form;
  return {
    name,
    kind,
    unknownDeployments: deployments,
    shareNames: names === 'yes',
    hours: hours === '' ? DEFAULT_INVITATION_HOURS : Number(hours),
    furtherHosts: hosts.split(/[\s,]+/).filter((host) => host !== ''),
    platform: platform === '' ? null : platform,
  };
}
