// Which addresses an outgoing request may reach (pure). https everywhere; http on loopback alone, and only where listed;
// private, loopback, link-local, shared and reserved addresses only where listed (CROSSWALK_PRIVATE_HOSTS and our own).
import { BlockList, isIP } from 'node:net';
import { AppError } from '../http/errors.js';

const CLOSED_IPV4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
// IPv4 written inside IPv6 (mapped, translated, 6to4, Teredo) is closed as a whole: no platform is reached that way.
const CLOSED_IPV6: [string, number][] = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const closedIpv4 = new BlockList();
for (const [network, prefix] of CLOSED_IPV4) closedIpv4.addSubnet(network, prefix, 'ipv4');
const closedIpv6 = new BlockList();
for (const [network, prefix] of CLOSED_IPV6) closedIpv6.addSubnet(network, prefix, 'ipv6');

const DEFAULT_PORTS: Record<string, string> = { 'https:': '443', 'http:': '80' };

/** True for an address of the public internet. Text that is no IP address is not public. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 6) return !closedIpv6.check(address, 'ipv6');
  return !closedIpv4.check(address, 'ipv4');
}

/** An address of the list may be private: `host:port`, or `host:*` for any port. */
function isListedHost(options: { hostname: string; port: string; list: string[] }): boolean {
  const hostname = options.hostname.toLowerCase();
  return options.list.some((entry) => {
    const colon = entry.lastIndexOf(':');
    const port = entry.slice(colon + 1);
    return (
      bare(entry.slice(0, colon)) === bare(hostname) && (port === '*' || port === options.port)
    );
  });
}

/**
 * The parsed address when a request may set out for it. Throws `outgoing.address` (400) for what is no plain https
 * address, and `outgoing.private-address` (400) for a literal private one that is not listed.
 */
export function readTarget(options: { url: string; list: string[] }): {
  url: URL;
  isListed: boolean;
} {
  const url = URL.parse(options.url);
  if (!url) throw new AppError('outgoing.address', { status: 400, values: { host: 'unreadable' } });
  const refuse = (code: string) => new AppError(code, { status: 400, values: { host: url.host } });
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('outgoing.address');
  if (url.username !== '' || url.password !== '') throw refuse('outgoing.address');
  const isListed = isListedHost({
    hostname: url.hostname,
    port: url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? '') : url.port,
    list: options.list,
  });
  const literal = bare(url.hostname);
  if (!isListed && (isLoopbackName(literal) || (isIP(literal) !== 0 && !isPublicAddress(literal))))
    throw refuse('outgoing.private-address');
  if (url.protocol === 'http:' && !(isListed && isLoopbackName(literal)))
    throw refuse('outgoing.address');
  return { url, isListed };
}

/** `localhost` and the loopback addresses, as URL writes them. */
function isLoopbackName(hostname: string): boolean {
  const name = bare(hostname);
  return /^(.+\.)?localhost$/.test(name) || /^127(\.\d+){3}$/.test(name) || name === '::1';
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
