// `await launchAs({ tool, platform, role: 'Instructor' })`: a browser that came through the door with a real launch, ready to
// ask for pages. Give the agent of an earlier launch to launch again in the same browser.
import { addPlatform } from '../../src/lti/manage-platforms.js';
import { setReviewerRoles, type Deployment } from '../../src/lti/deployment.model.js';
import type { Platform } from '../../src/lti/platform.model.js';
import { createAgent, type Answer, type BrowserAgent } from './browser-agent.js';
import { ROLE_URIS, type FakePlatform, type LaunchMessage } from './fake-platform.js';

/** Connects the platform to the tool's database: holders of `membership#Officer` review there. Repeatable. */
export async function connectPlatform(
  platform: FakePlatform,
  more: { kind?: 'production' | 'test'; unknownDeployments?: 'refuse' | 'queue' | 'approve' } = {},
): Promise<{ platform: Platform; deployment: Deployment }> {
  const { issuer, clientId, deploymentId, authorizationUrl, tokenUrl, jwksUrl } = platform;
  const added = await addPlatform(
    { name: 'Fake', issuer, clientId, deploymentId, authorizationUrl, tokenUrl, jwksUrl, ...more },
    { now: new Date(), mayReach: () => true },
  );
  if (!added.deployment) throw new Error('the deployment was not made');
  await setReviewerRoles({ deployment: added.deployment._id, roles: [ROLE_URIS.Reviewer] });
  return { platform: added.platform, deployment: added.deployment };
}

export interface LaunchAs {
  /** The tool's address, or what startTool gave. */
  tool: string | { url: string };
  /** Must be connected (connectPlatform). */
  platform: FakePlatform;
  role?: LaunchMessage['role'];
  roleUris?: string[];
  user?: LaunchMessage['user'] | string;
  course?: LaunchMessage['course'] | string;
  resourceLink?: LaunchMessage['resourceLink'] | string;
  /** Path and query of the tool; /frameworks by default. */
  target?: string;
  messageType?: string;
  claims?: Record<string, unknown>;
  agent?: BrowserAgent;
}

export interface Launched {
  agent: BrowserAgent;
  /** Answer to the posted launch: a 303, or why not. */
  answer: Answer;
  /** Where it led: path and query. */
  path: string;
  /** Our id of the course, from the address. */
  course: string;
}

/** Login, token, launch. Throws when the tool refuses; `tryLaunch` gives the refusal instead. */
export async function launchAs(options: LaunchAs): Promise<Launched> {
  const { agent, answer } = await tryLaunch(options);
  if (answer.status !== 303)
    throw new Error(`launch refused with ${answer.status}: ${answer.text}`);
  const course = new URL(answer.location, agent.baseUrl).searchParams.get('course') ?? '';
  return { agent, answer, path: answer.location, course };
}

export async function tryLaunch(
  options: LaunchAs,
): Promise<{ agent: BrowserAgent; answer: Answer }> {
  const { agent, message, state } = await beginLaunch(options);
  const id_token = options.platform.idToken(message);
  return { agent, answer: await postLaunch(agent, { id_token, state }) };
}

/** The login alone; the caller signs the token. */
export async function beginLaunch(options: LaunchAs): Promise<{
  agent: BrowserAgent;
  message: LaunchMessage;
  state: string;
  nonce: string;
}> {
  const { platform, role, roleUris, messageType, claims } = options;
  const baseUrl = typeof options.tool === 'string' ? options.tool : options.tool.url;
  const agent = options.agent ?? createAgent(baseUrl);
  const targetLinkUri = `${baseUrl}${options.target ?? '/frameworks'}`;
  const login = await agent.post(
    '/lti/login',
    {
      iss: platform.issuer,
      client_id: platform.clientId,
      lti_deployment_id: platform.deploymentId,
      login_hint: 'hint 7',
      lti_message_hint: '{"cmid":4}',
      target_link_uri: targetLinkUri,
    },
    { headers: { origin: platform.origin } },
  );
  if (login.status !== 302) throw new Error(`login refused with ${login.status}: ${login.text}`);
  const away = await comeBack(agent, login);
  const request = new URL(away.location).searchParams;
  const nonce = request.get('nonce') ?? '';
  const message: LaunchMessage = {
    targetLinkUri,
    nonce,
    ...(role === undefined ? {} : { role }),
    ...(roleUris === undefined ? {} : { roleUris }),
    ...(messageType === undefined ? {} : { messageType }),
    ...(claims === undefined ? {} : { claims }),
    ...(options.user === undefined ? {} : { user: readUser(options.user) }),
    ...(options.course === undefined ? {} : { course: readNamed(options.course) }),
    ...(options.resourceLink === undefined
      ? {}
      : { resourceLink: readNamed(options.resourceLink) }),
  };
  return { agent, message, state: request.get('state') ?? '', nonce };
}

/** A browser without a cookie of the tool is sent back to it once, to see whether it keeps cookies. */
export async function comeBack(agent: BrowserAgent, login: Answer): Promise<Answer> {
  return login.location.startsWith('/lti/login?step=') ? agent.get(login.location) : login;
}

/** As the browser posts it from the platform's page. */
export async function postLaunch(
  agent: BrowserAgent,
  fields: Record<string, string>,
): Promise<Answer> {
  return agent.post('/lti/launch', fields, { headers: { origin: 'null' } });
}

function readUser(user: NonNullable<LaunchAs['user']>): {
  sub: string;
  name?: string;
  email?: string;
} {
  return typeof user === 'string' ? { sub: user, name: user } : user;
}

function readNamed(
  value: { id: string; title?: string } | string | null,
): { id: string; title?: string } | null {
  return typeof value === 'string' ? { id: value, title: value } : value;
}
