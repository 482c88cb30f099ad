import type pg from 'pg';

/** How to reach a database: the first server, and the others that may take its place. */
export interface DatabaseAddress extends pg.ClientConfig {
  /** Tried in this order when the first cannot be used. */
  readonly otherServers?: readonly pg.ClientConfig[];
  /** Whether a standby will do (`target_session_attrs=any`). */
  readonly acceptsStandby?: boolean;
}

const parts = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)([^#]*)$/;
const targets = ['any', 'read-write', 'primary'];

/** What is wrong with a database URL, or undefined. The text never repeats the URL, which may hold a password. */
export function databaseUrlMistake(url: string): string | undefined {
  const [, before = '', hosts = '', after = ''] = parts.exec(url) ?? [];
  if (!before) return 'must begin with postgresql:// and name a host and a database';
  if (hosts.split(',').some((host) => !URL.canParse(before + host + after)))
    return 'must be postgresql://user@host:port/database, several hosts separated by commas';
  const target = parameters(after).get('target_session_attrs') ?? 'read-write';
  if (!targets.includes(target)) return `target_session_attrs must be one of ${targets.join(', ')}: Clientele writes`;
  return undefined;
}

/** Takes a URL with several hosts apart, which `pg` does not do. */
export function databaseAddress(url: string): DatabaseAddress {
  const [, before = '', hosts = '', after = ''] = parts.exec(url) ?? [];
  const query = parameters(after);
  const acceptsStandby = query.get('target_session_attrs') === 'any';
  query.delete('target_session_attrs');
  const [path = ''] = after.split('?');
  const rest = path + (query.size > 0 ? `?${query.toString()}` : '');
  const [first = '', ...others] = hosts.split(',');
  return {
    connectionString: before + first + rest,
    otherServers: others.map((host) => ({ connectionString: before + host + rest })),
    acceptsStandby,
  };
}

/** Every server of an address, in the order in which they are tried. */
export const serversOf = (address: DatabaseAddress): pg.ClientConfig[] => [address, ...(address.otherServers ?? [])];

const parameters = (text: string) => new URLSearchParams(text.includes('?') ? text.slice(text.indexOf('?')) : '');
