// For tests of registration: an invitation, and a person who opens it from the platform and confirms.
import { createInvitation, type CreateInvitationInput } from '../../src/lti/create-invitation.js';
import type { Invitation } from '../../src/lti/invitation.model.js';
import { createAgent, encodeForm, type Answer, type BrowserAgent } from './browser-agent.js';
import type { FakeRegistration } from './fake-registration.js';

export interface Invited {
  /** Path of the address. */
  path: string;
  invitation: Invitation;
}

export async function invite(
  tool: { url: string },
  more: Partial<CreateInvitationInput> & { now?: Date } = {},
): Promise<Invited> {
  const { now = new Date(), ...input } = more;
  const { address, invitation } = await createInvitation(
    { kind: 'production', unknownDeployments: 'queue', ...input },
    { url: tool.url, now },
  );
  return { path: address.replace(tool.url, ''), invitation };
}

/** As the platform opens the address in its frame. */
export async function openInvitation(
  agent: BrowserAgent,
  path: string,
  fake: FakeRegistration,
  more: Record<string, string> = {},
): Promise<Answer> {
  const query = { openid_configuration: fake.configurationUrl, registration_token: fake.token };
  return agent.get(`${path}?${encodeForm({ ...query, ...more })}`);
}

/** The form's secret. */
export function readSecret(page: Answer): string {
  return /name="secret" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
}

/** Opens and confirms in one browser. */
export async function register(
  tool: { url: string },
  path: string,
  fake: FakeRegistration,
): Promise<{ agent: BrowserAgent; page: Answer; answer: Answer }> {
  const agent = createAgent(tool.url);
  const page = await openInvitation(agent, path, fake);
  const answer = await agent.post(path, { secret: readSecret(page) });
  return { agent, page, answer };
}
