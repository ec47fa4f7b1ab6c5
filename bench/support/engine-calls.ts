// Inside a measured server: notes which commands its MongoDB driver sends for which request. Requests are told apart by
// an async context opened when node:http reads them, so that what workers do at the same time is not taken for theirs.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import mongoose from 'mongoose';
import { z } from 'zod';
import type { EngineCall, RequestCalls } from './peer-protocol.js';

const { EJSON } = mongoose.mongo.BSON;
/** Handshakes and the driver's own checks are no calls of the application. */
const DRIVERS_OWN = new Set(['hello', 'ismaster', 'isMaster', 'endSessions']);

/** The part of MongoClient that is used; ltijs brings an older driver than ours. */
export interface MonitoredClient {
  on(event: string, listener: (event: unknown) => void): unknown;
}

export interface CallWatch {
  begin(): void;
  end(): { requests: RequestCalls[]; background: number };
}

const Started = z.object({
  requestId: z.number(),
  commandName: z.string(),
  command: z.record(z.string(), z.unknown()),
});
const Ended = z.object({ requestId: z.number() });

interface Watched extends RequestCalls {
  wave: number;
  underWay: number;
  answered: boolean;
}

/**
 * Call it before the server listens; the client must have been made with `monitorCommands`. Whole commands are kept only
 * where asked for: another driver's values are not readable by ours.
 */
export function watchEngineCalls(options: {
  keep: 'commands' | 'names';
}): CallWatch & { attach(client: MonitoredClient): void } {
  const { keep } = options;
  const current = new AsyncLocalStorage<Watched>();
  const owners = new Map<number, Watched>();
  let watching = false;
  let requests: Watched[] = [];
  let background = 0;

  subscribe('http.server.request.start', (message) => {
    if (!watching) return;
    // The channel's documented payload.
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const path = (request.url ?? '').split('?')[0] ?? '';
    const watched: Watched = {
      method: request.method ?? '',
      path,
      calls: [],
      wave: 0,
      underWay: 0,
      answered: false,
    };
    response.once('finish', () => (watched.answered = true));
    requests.push(watched);
    current.enterWith(watched);
  });

  return {
    attach(client) {
      client.on('commandStarted', (event) => {
        if (!watching) return;
        const { requestId, commandName, command } = Started.parse(event);
        if (DRIVERS_OWN.has(commandName)) return;
        const owner = current.getStore();
        if (!owner) {
          background += 1;
          return;
        }
        if (owner.underWay === 0) owner.wave += 1;
        owner.underWay += 1;
        owners.set(requestId, owner);
        owner.calls.push(describe({ owner, commandName, command, keep }));
      });
      const ended = (event: unknown) => {
        const { requestId } = Ended.parse(event);
        const owner = owners.get(requestId);
        if (owner) owner.underWay -= 1;
        owners.delete(requestId);
      };
      client.on('commandSucceeded', ended);
      client.on('commandFailed', ended);
    },
    begin() {
      requests = [];
      background = 0;
      watching = true;
    },
    end() {
      watching = false;
      const found = requests.map(({ method, path, calls }) => ({ method, path, calls }));
      return { requests: found, background };
    },
  };
}

function describe(options: {
  owner: Watched;
  commandName: string;
  command: Record<string, unknown>;
  keep: 'commands' | 'names';
}): EngineCall {
  const { owner, commandName, command, keep } = options;
  const target = command[commandName];
  return {
    command: commandName,
    collection: typeof target === 'string' ? target : '',
    wave: owner.wave,
    afterAnswer: owner.answered,
    document: keep === 'commands' ? EJSON.stringify(command, { relaxed: false }) : '',
  };
}
