// The tools that this platform opens: the built-in one, and those that registered themselves and were activated. Each course
// opens one of them. What a tool was granted (scopes, names, e-mail) stands with it.
import { KNOWN_SCOPES } from './access-tokens.js';
import type { DemoMode } from './demo-addresses.js';
import { DemoError } from './demo-errors.js';
import type { DemoLog } from './demo-log.js';
import type { DemoRecords, RegisteredTool } from './demo-records.js';
import { createToolKeys, type ToolKeys } from './tool-keys.js';

export interface DemoTool {
  clientId: string;
  deploymentId: string;
  mode: DemoMode;
  name: string;
  isBuiltIn: boolean;
  isActive: boolean;
  loginUrl: string;
  redirectUris: readonly string[];
  /** Address of the tool itself, no slash at the end. */
  origin: string;
  targetLinkUri: string;
  /** Where content is chosen. */
  deepLinkingUrl: string;
  scopes: readonly string[];
  sharesName: boolean;
  sharesEmail: boolean;
  custom: Record<string, string>;
  keys: ToolKeys;
}

export interface DemoTools {
  list(): DemoTool[];
  /** An active tool, or null. */
  find(clientId: string): DemoTool | null;
  /** Of the course; the built-in one where none, or none that is active, was chosen. */
  ofCourse(courseId: string): DemoTool;
  builtIn: DemoTool;
}

export function createDemoTools(options: {
  clientId: string;
  mode: DemoMode;
  toolUrl: string;
  readRecords: () => Readonly<DemoRecords>;
  log: DemoLog;
  now: () => Date;
}): DemoTools {
  const { clientId, mode, toolUrl, readRecords, log, now } = options;
  const keySets = new Map<string, ToolKeys>();
  const keysAt = (url: string): ToolKeys => {
    const keys = keySets.get(url) ?? createToolKeys({ url, log, now });
    keySets.set(url, keys);
    return keys;
  };
  const builtIn: DemoTool = {
    clientId,
    deploymentId: '1',
    mode,
    name: 'Crosswalk',
    isBuiltIn: true,
    isActive: true,
    loginUrl: `${toolUrl}/lti/login`,
    redirectUris: [`${toolUrl}/lti/launch`],
    origin: toolUrl,
    targetLinkUri: `${toolUrl}/frameworks`,
    deepLinkingUrl: `${toolUrl}/activities`,
    scopes: KNOWN_SCOPES,
    sharesName: true,
    sharesEmail: true,
    custom: {},
    keys: keysAt(`${toolUrl}/lti/keys`),
  };
  const describe = (tool: RegisteredTool): DemoTool => ({
    ...tool,
    isBuiltIn: false,
    isActive: tool.state === 'active',
    origin: new URL(tool.targetLinkUri).origin,
    deepLinkingUrl: tool.deepLinkingUrl ?? tool.targetLinkUri,
    sharesName: ['name', 'given_name', 'family_name'].some((name) => tool.claims.includes(name)),
    sharesEmail: tool.claims.includes('email'),
    keys: keysAt(tool.jwksUrl),
  });
  const list = () => [builtIn, ...readRecords().tools.map(describe)];
  const find = (id: string) => list().find((tool) => tool.isActive && tool.clientId === id) ?? null;

  return {
    list,
    find,
    ofCourse: (courseId) => find(readRecords().courseTools[courseId] ?? '') ?? builtIn,
    builtIn,
  };
}

/** Else 404: the tool was taken away in between. */
export function requireTool(tools: DemoTools, clientId: string): DemoTool {
  const tool = tools.find(clientId);
  if (tool) return tool;
  throw new DemoError({
    status: 404,
    code: 'not_found',
    message: 'This tool is no longer connected to the demo LMS.',
  });
}
