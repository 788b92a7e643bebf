/** Which network an address belongs to, for throttling: one person easily has 2^64 IPv6 addresses, but one network. */
import { isIPv4, isIPv6 } from 'node:net';

/** An IPv4 address itself, an IPv6 address as its first 64 bits, anything else as it is. */
export function networkOf(address: string): string {
  const plain = address.split('%', 1)[0] ?? address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (!isIPv6(plain)) return plain;
  return `${expandedGroups(plain).slice(0, 4).join(':')}::/64`;
}

function expandedGroups(address: string): string[] {
  // The URL parser brings every spelling into the one of RFC 5952; what is left is to write out `::`.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
}
