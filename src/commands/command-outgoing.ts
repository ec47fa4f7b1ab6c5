// The guarded client as commands need it: with the settings' private hosts, and this instance's own addresses exempt.
import { createOutgoingClient, type OutgoingClient } from '../outgoing/outgoing-client.js';
import type { CommandDatabase } from './with-database.js';

/** Close it when the command ends. */
export function createCommandOutgoing(
  opened: Pick<CommandDatabase, 'config' | 'log' | 'now' | 'app'>,
): OutgoingClient {
  const { config, log, now, app } = opened;
  return createOutgoingClient({
    privateHosts: config.privateHosts,
    exemptHosts: [new URL(config.url).host, ...listDemoHosts(config)],
    userAgent: `Crosswalk/${app} (+${config.url})`,
    log,
    now,
  });
}

function listDemoHosts({ demo, demoPort }: CommandDatabase['config']): string[] {
  return demo ? [`127.0.0.1:${String(demoPort)}`] : [];
}
