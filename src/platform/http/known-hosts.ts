import ipaddr from 'ipaddr.js';
import type { Config } from '../config.ts';

const isLoopback = (host: string): boolean =>
  /^localhost$|\.localhost$/.test(host) || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');

/** Host name of a Host header or an address to listen on: without port, brackets, the dot at its end; lower case. */
const toName = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^([^:]*):\d+$/, '$1')
    .replace(/\.$/, '');

/** Whether the development mailbox can be read by more than this machine. */
export const isMailboxOpen = ({ NODE_ENV, SMTP_URL, HOST }: Config): boolean =>
  NODE_ENV !== 'production' && !SMTP_URL && !isLoopback(toName(HOST));

/**
 * Whether a request was meant for us: for this machine, or for the host of PUBLIC_URL. Any other name may be one that its
 * owner has led here, so that a page from there reads what we answer (DNS rebinding). An address cannot be led elsewhere;
 * it is known where we listen for more than this machine.
 */
export function isKnownHost({ PUBLIC_URL, HOST }: Config, header: string | undefined): boolean {
  if (!header) return false;
  const host = toName(header);
  if (isLoopback(host) || host === toName(new URL(PUBLIC_URL).host)) return true;
  return ipaddr.isValid(host) && !isLoopback(toName(HOST));
}
