// What the door keeps in memory while the process runs: caches of records and of platforms' keys, our own keys, the login
// limit. Made once by the composition, handed to the routes.
import type { Config } from '../config.js';
import type { Log } from '../logger.js';
import type { OutgoingClient } from '../outgoing/outgoing-client.js';
import { createDirectory, type Directory } from './directory.js';
import { createJwksCache, type JwksCache } from './jwks-cache.js';
import { createLoginLimit, type LoginLimit } from './login-limit.js';
import { createServiceTokens, type ServiceTokens } from './service-tokens.js';
import { createToolKeys, type ToolKeys } from './tool-keys.js';

export type DoorConfig = Pick<
  Config,
  | 'url'
  | 'secret'
  | 'loginLimitPerMinute'
  | 'launchMaxAgeMs'
  | 'sessionIdleMs'
  | 'sessionMaxMs'
  | 'launchOrigin'
>;

export interface LtiServices {
  config: DoorConfig;
  log: Log;
  now: () => Date;
  outgoing: OutgoingClient;
  directory: Directory;
  jwks: JwksCache;
  keys: ToolKeys;
  loginLimit: LoginLimit;
  tokens: ServiceTokens;
  /** How much waits for whoever teaches a course; a room downstream knows, and app.ts hands it in. */
  countWaiting?: (place: { deployment: string; course: string }) => Promise<number>;
}

export function createLtiServices(options: {
  config: DoorConfig;
  log: Log;
  now: () => Date;
  outgoing: OutgoingClient;
}): LtiServices {
  const { config, log, now, outgoing } = options;
  const keys = createToolKeys({ secret: config.secret, now });
  return {
    config,
    log,
    now,
    outgoing,
    directory: createDirectory({ now }),
    jwks: createJwksCache({ outgoing, now }),
    keys,
    loginLimit: createLoginLimit({ perMinute: config.loginLimitPerMinute, now }),
    tokens: createServiceTokens({ outgoing, keys, secret: config.secret, now }),
  };
}
