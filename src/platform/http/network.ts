import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

type Address = ReturnType<typeof ipaddr.process>;

/** A predicate for the addresses of proxies we believe; entries are addresses or CIDR ranges. */
export function trustedProxies(entries: readonly string[]): (address: string) => boolean {
  const ranges = entries.map((entry) =>
    entry.includes('/') ? ipaddr.parseCIDR(entry) : single(ipaddr.process(entry)),
  );
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits));
  };
}

const single = (address: Address): [Address, number] => [address, address.kind() === 'ipv6' ? 128 : 32];

/** Most proxies in a row that are believed; each entry of the header is parsed. */
const HOPS_MAX = 32;

/**
 * The address a request came from, in its shortest form: the peer's, or, while the peer is a trusted proxy, the nearest
 * one in X-Forwarded-For that is not.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let client = peer;
  const hops =
    forwardedFor
      ?.split(',')
      .slice(-HOPS_MAX)
      .map((hop) => hop.trim()) ?? [];
  while (isTrusted(client)) {
    const hop = hops.pop();
    if (!hop || !ipaddr.isValid(hop)) break;
    client = hop;
  }
  return ipaddr.isValid(client) ? ipaddr.process(client).toString() : 'unknown';
}

/** Networks of the peers seen last: a few proxies and front ends send nearly all requests. */
const networks = new LRUCache<string, string>({ max: 1000 });

/** `networkOf` of `clientAddress`, remembered while nobody forwarded the request. */
export function clientNetwork(
  peer: string,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  const known = forwardedFor === undefined ? networks.get(peer) : undefined;
  if (known) return known;
  const network = networkOf(clientAddress(peer, forwardedFor, isTrusted));
  if (forwardedFor === undefined) networks.set(peer, network);
  return network;
}

/** What attempts are counted by: an IPv4 address, or the /64 of an IPv6 address, which one household or server has. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const bytes = parsed.toByteArray();
  return `${ipaddr.fromByteArray([...bytes.slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`;
}
