// For test/conformance/bad-inputs: a tool and a platform for a file, and what every refusal has in common. Nothing is stored
// but notes of refusals (collection launchRefusals).
import { expect } from 'chai';
import type { Answer, BrowserAgent } from './browser-agent.js';
import { countRecords } from './count-records.js';
import { startFakePlatform, type FakePlatform, type LaunchMessage } from './fake-platform.js';
import { beginLaunch, connectPlatform, postLaunch, tryLaunch, type LaunchAs } from './launch-as.js';
import { startApp } from './start-app.js';
import type { TestTool } from './start-tool.js';

/** The tool's own key is made when first asked for; a test may ask for it. */
const MADE_WHEN_NEEDED = ['toolKeys'];

export interface Door {
  tool: TestTool;
  platform: FakePlatform;
}

/** Title with its number in the list, status, code, and what is sent. A null code is not looked at (an answer to HEAD). */
export type BadInput = [
  title: string,
  status: number,
  code: string | null,
  send: () => Promise<Answer>,
];

/** Call it in a describe: starts tool and platform once, and connects them before each test. */
export function openDoor(start: () => Promise<TestTool> = () => startApp()): Door {
  let opened: Door | undefined;
  const door = (): Door => {
    if (!opened) throw new Error('the door is open in tests only');
    return opened;
  };
  before(async () => {
    const [platform, tool] = await Promise.all([startFakePlatform(), start()]);
    opened = { platform, tool };
  });
  after(async () => {
    await Promise.all([door().tool.close(), door().platform.close()]);
  });
  beforeEach(async () => {
    await connectPlatform(door().platform);
  });
  return {
    get tool() {
      return door().tool;
    },
    get platform() {
      return door().platform;
    },
  };
}

/** One test for each: refused with this answer and nothing stored; and a good launch works after all of them. */
export function refuseEach(door: Door, inputs: BadInput[]): void {
  for (const [title, status, code, send] of inputs)
    it(`${title} -> ${status}`, async () => {
      const before = await countStored();

      const answer = await send();

      expectRefusal(answer, { status, code });
      expect(await countStored()).to.deep.equal(before);
    });

  it('and a good launch works after all of them', async () => {
    await expectAlive(door);
  });
}

/** The rule for all of the list: status, stable code, reference, no stack, no token, no session, not kept. */
export function expectRefusal(
  answer: Answer,
  expected: { status: number; code: string | null },
): void {
  expect(answer.status).to.equal(expected.status);
  if (expected.code !== null) {
    expect(codeOf(answer)).to.equal(expected.code);
    expect(answer.text, 'a reference').to.match(/<code>[\w-]{8,}<\/code>|"reference":"[\w-]{8,}"/);
  }
  expect(answer.headers.get('cache-control')).to.equal('no-store');
  expect(answer.headers.get('location')).to.equal(null);
  expect(answer.text, 'no token, no stack').not.to.match(/eyJ|\bat .*\.[jt]s|node_modules/);
  const session = answer.headers
    .getSetCookie()
    .filter((line) => line.startsWith('__Host-crosswalk=') && !line.includes('Max-Age=0'));
  expect(session).to.deep.equal([]);
  expect({}, 'no pollution').to.satisfy((plain: object) => !('polluted' in plain || 'x' in plain));
}

export async function expectAlive({ tool, platform }: Door): Promise<void> {
  const { answer } = await tryLaunch({ tool, platform });
  expect(answer.status, 'a good launch afterwards').to.equal(303);
}

/** The error's code, as page or JSON. */
export function codeOf(answer: Answer): string | null {
  return /data-code="([^"]+)"|"code":"([^"]+)"/.exec(answer.text)?.slice(1).find(Boolean) ?? null;
}

export async function countStored(): Promise<Record<string, number>> {
  const counts = await countRecords();
  for (const name of MADE_WHEN_NEEDED) delete counts[name];
  return counts;
}

/** A good login, and then whatever token the test makes of it. */
export async function launchWith(
  door: Door,
  make: (message: LaunchMessage) => string,
  options: Partial<LaunchAs> = {},
): Promise<Answer> {
  const { agent, message, state } = await beginLaunch({
    tool: door.tool,
    platform: door.platform,
    ...options,
  });
  return postLaunch(agent, { id_token: make(message), state });
}

/** Posts a body as it is to the launch. */
export function postBody(
  agent: BrowserAgent,
  body: string,
  type = 'application/x-www-form-urlencoded',
): Promise<Answer> {
  return agent.send('POST', '/lti/launch', { body, headers: { 'content-type': type } });
}
