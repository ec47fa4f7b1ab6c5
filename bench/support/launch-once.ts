// One full launch as a browser and a platform make it: login, the platform's signed answer, the tool's redirects with its
// cookies, and the whole first page. Every launch is a browser of its own, without cookies from before.
import { Pool } from 'undici';
import type { FakePlatform, Seat } from './fake-platform.js';

const MOST_REDIRECTS = 4;
const SMALLEST_PAGE_BYTES = 2_000;

export interface Door {
  loginUrl: string;
  targetLinkUri: string;
}

export interface Launcher {
  /** Throws when any step is refused or the page is no page. */
  launch(seat: Seat): Promise<FirstPage>;
  close(): Promise<void>;
}

export interface FirstPage {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  cookies: string;
}

/**
 * `connections` are kept open to each server, as a proxy in front of a tool does. `servers` are the addresses of the processes
 * behind the door's one address: each takes its turn, `launch` by launch or `request` by request.
 */
export function createLauncher(options: {
  door: Door;
  platform: FakePlatform;
  connections: number;
  servers?: string[];
  spread?: 'launch' | 'request';
}): Launcher {
  const { door, platform, connections, spread = 'launch' } = options;
  const { origin } = new URL(door.loginUrl);
  const pools = (options.servers ?? [origin]).map(
    (server) => new Pool(server, { connections, pipelining: 1 }),
  );
  let turns = 0;
  const nextPool = () => {
    const pool = pools[turns++ % pools.length];
    if (!pool) throw new Error('no server to launch');
    return pool;
  };

  return {
    async launch(seat) {
      const own = nextPool();
      const pick = spread === 'launch' ? () => own : nextPool;
      const browser = openBrowser({ pick, origin });
      const away = await browser.go(door.loginUrl, {
        iss: platform.issuer,
        login_hint: `hint-${String(seat.user)}`,
        target_link_uri: door.targetLinkUri,
        lti_message_hint: `link-${String(seat.course)}`,
        client_id: platform.clientId,
        lti_deployment_id: platform.deploymentId,
      });
      if (away.leftFor === null) throw new Error(`login answered ${String(away.status)}`);
      const asked = new URL(away.leftFor).searchParams;
      const idToken = await platform.signToken({
        seat,
        nonce: asked.get('nonce') ?? '',
        targetLinkUri: door.targetLinkUri,
      });
      const page = await browser.go(asked.get('redirect_uri') ?? '', {
        id_token: idToken,
        state: asked.get('state') ?? '',
      });
      if (page.status !== 200 || page.body.length < SMALLEST_PAGE_BYTES)
        throw new Error(
          `first page answered ${String(page.status)}: ${page.body.toString('utf8', 0, 300)}`,
        );
      return {
        path: page.path,
        headers: page.headers,
        body: page.body,
        cookies: browser.cookies(),
      };
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.close()))),
  };
}

interface Visit {
  status: number;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Where the server sent the browser, when that is another site. */
  leftFor: string | null;
}

function openBrowser(options: { pick: () => Pool; origin: string }): {
  go(url: string, form: Record<string, string>): Promise<Visit>;
  cookies(): string;
} {
  const { pick, origin } = options;
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  async function request(url: URL, form: Record<string, string> | null): Promise<Visit> {
    const path = `${url.pathname}${url.search}`;
    const answer = await pick().request({
      path,
      method: form ? 'POST' : 'GET',
      headers: {
        accept: 'text/html',
        ...(jar.size > 0 ? { cookie: cookies() } : {}),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      body: form ? new URLSearchParams(form).toString() : null,
    });
    const body = Buffer.from(await answer.body.arrayBuffer());
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) keepCookie(jar, cookie);
    return { status: answer.statusCode, path, headers: answer.headers, body, leftFor: null };
  }

  return {
    cookies,
    async go(address, form) {
      let url = new URL(address);
      let visit = await request(url, form);
      for (let hops = 0; isRedirect(visit.status); hops += 1) {
        url = new URL(String(visit.headers['location']), url);
        if (url.origin !== origin) return { ...visit, leftFor: url.href };
        if (hops === MOST_REDIRECTS) throw new Error('too many redirects');
        visit = await request(url, null);
      }
      return visit;
    },
  };
}

function isRedirect(status: number): boolean {
  return status >= 301 && status <= 308 && status !== 304;
}

function keepCookie(jar: Map<string, string>, cookie: string): void {
  const [pair = ''] = cookie.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if (value === '' || /max-age=0(;|$)/i.test(cookie)) jar.delete(name);
  else jar.set(name, value);
}
