// Signs a new browser in as the person who runs the instance, by an operator link as the command line makes it.
import { createOperatorLink } from '../../src/lti/create-operator-link.js';
import { createAgent, type BrowserAgent } from './browser-agent.js';
import type { TestTool } from './start-tool.js';

const TTL_MS = 60_000;

export async function signInAsOperator(tool: TestTool): Promise<BrowserAgent> {
  const { token } = await createOperatorLink({ url: tool.url, ttlMs: TTL_MS, now: new Date() });
  const agent = createAgent(tool.url);
  await agent.post(`/operator/${token}`, {});
  return agent;
}
