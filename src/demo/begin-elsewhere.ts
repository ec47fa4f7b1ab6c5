// Plays another browser: sends the login to the tool itself, with cookies of its own, and reads from the tool's redirect
// what it asks of this platform. Whoever then finishes the launch did not begin it.
import { z } from 'zod';
import { prepareLogin } from './begin-launch.js';
import { endpointsOf } from './demo-addresses.js';
import { DemoError } from './demo-errors.js';
import type { PendingLaunch } from './demo.js';

const MAX_HOPS = 5;
const TIMEOUT_MS = 5_000;

const requestSchema = z.object({
  redirect_uri: z.string(),
  state: z.string(),
  nonce: z.string(),
  lti_message_hint: z.string(),
});

export async function beginElsewhere(beginning: Parameters<typeof prepareLogin>[0]): Promise<{
  launch: PendingLaunch;
  redirectUri: string;
  state: string;
  nonce: string;
}> {
  const { demo } = beginning;
  const { tool, fields } = prepareLogin(beginning);
  const { lti_storage_target: _, ...login } = fields;
  const { authorizationEndpoint } = endpointsOf({ url: demo.url, mode: tool.mode });
  const asked = await followLogin({
    loginUrl: tool.loginUrl,
    login,
    end: authorizationEndpoint,
  });
  const request = requestSchema.safeParse(Object.fromEntries(asked.searchParams));
  if (!request.success) throw didNotAsk();

  const { redirect_uri: redirectUri, state, nonce, lti_message_hint: hint } = request.data;
  const launch = demo.launches.take(hint);
  if (!launch || !tool.redirectUris.includes(redirectUri)) throw didNotAsk();
  return { launch, redirectUri, state, nonce };
}

/** Goes from redirect to redirect, as a browser with cookies does, until the tool asks the platform. */
async function followLogin(options: {
  loginUrl: string;
  login: Record<string, string>;
  end: string;
}): Promise<URL> {
  const { loginUrl, login, end } = options;
  const cookies = new Map<string, string>();
  let url = new URL(loginUrl);
  let body: URLSearchParams | null = new URLSearchParams(login);
  for (let hops = 0; hops < MAX_HOPS; hops += 1) {
    const answer = await visitTool({ url, body, cookies });
    const location = answer.headers.get('location');
    if (location === null) throw didNotAsk();
    const next = new URL(location, url);
    if (next.href.startsWith(end)) return next;
    if (next.origin !== url.origin) throw didNotAsk();
    [url, body] = [next, null];
  }
  throw didNotAsk();
}

async function visitTool(options: {
  url: URL;
  body: URLSearchParams | null;
  cookies: Map<string, string>;
}): Promise<Response> {
  const { url, body, cookies } = options;
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, {
    method: body === null ? 'GET' : 'POST',
    redirect: 'manual',
    headers: { 'User-Agent': 'demo-lms', Accept: 'text/html', Cookie: cookie },
    ...(body === null ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new DemoError({
      status: 502,
      code: 'bad_gateway',
      message: `The tool could not be reached: ${error instanceof Error ? error.message : ''}`,
    });
  });
  for (const line of answer.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const equals = pair.indexOf('=');
    cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  await answer.arrayBuffer();
  return answer;
}

function didNotAsk(): DemoError {
  return new DemoError({
    status: 502,
    code: 'bad_gateway',
    message: 'The tool did not answer the login by asking this platform.',
  });
}
