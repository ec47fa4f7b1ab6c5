// Keeps tests on this machine: every outgoing connection of the process must end at a loopback address or a Unix socket.
// Sits below every client (fetch, undici, http), at the socket.
import { isIP, Socket, type LookupFunction } from 'node:net';

type Connect = (this: Socket, ...args: unknown[]) => Socket;
interface Target {
  host?: string;
  path?: string;
  lookup?: LookupFunction;
}

let isForbidden = false;

/** Idempotent; holds until the process ends. */
export function forbidNetwork(): void {
  if (isForbidden) return;
  isForbidden = true;
  // The overloads of connect all end in the same two shapes, read by readTarget.

  const connect = Socket.prototype.connect as Connect;
  const guarded: Connect = function (this: Socket, ...args) {
    const target = readTarget(args);
    if (target.path !== undefined) return connect.apply(this, args);
    const host = target.host ?? 'localhost';
    if (target.lookup && isIP(host) === 0) {
      target.lookup = guardLookup(target.lookup);
      return connect.apply(this, args);
    }
    if (isLoopback(host)) return connect.apply(this, args);
    process.nextTick(() => this.destroy(new Error(`a test tried to reach ${host}`)));
    return this;
  };
  Object.defineProperty(Socket.prototype, 'connect', { value: guarded, writable: true });
}

/** The options object, from `connect(options)`, `connect(port, host)`, `connect(path)` or node's own `[options, callback]`. */
function readTarget(args: unknown[]): Target {
  const [first, second] = args;
  if (Array.isArray(first)) return readTarget(first);
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return typeof second === 'string' ? { host: second } : {};
}

function guardLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      const addresses = Array.isArray(address) ? address.map((one) => one.address) : [address];
      const outside = addresses.find((one) => one && !isLoopback(one));
      if (error || outside === undefined) return callback(error, address, family);
      callback(new Error(`a test tried to reach ${hostname} at ${outside}`), address, family);
    });
  };
}

function isLoopback(host: string): boolean {
  return (
    /^(.+\.)?localhost$/i.test(host) ||
    /^127\.\d+\.\d+\.\d+$/.test(host) ||
    host === '::1' ||
    host === '0.0.0.0'
  );
}
