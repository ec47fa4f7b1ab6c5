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
    exemptHosts: listOwnHosts(config),
    userAgent: `Crosswalk/${app} (+${config.url})`,
    log,
    now,
  });
}

/** Where this instance itself answers, as `host:port`: its port, its public address, its demo LMS. */
function listOwnHosts(config: CommandDatabase['config']): string[] {
  const { hostname, port, protocol } = new URL(config.url);
  const publicPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  const demo = config.demo ? [`127.0.0.1:${String(config.demoPort)}`] : [];
  return [`127.0.0.1:${String(config.port)}`, `${hostname}:${publicPort}`, ...demo];
}
