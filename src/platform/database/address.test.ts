import { expect, test } from 'vitest';
import { describeConfig } from '../config-report.ts';
import { readConfig } from '../config.ts';
import { databaseAddress, databaseUrlMistake, serversOf } from './address.ts';

const connectionStrings = (url: string) => serversOf(databaseAddress(url)).map((server) => server.connectionString);

test('one host is one server, with its parameters', () => {
  const url = 'postgresql://app:secret@db:5433/clientele?sslmode=verify-full';

  expect(databaseUrlMistake(url)).toBeUndefined();
  expect(connectionStrings(url)).toEqual([url]);
});

test('several hosts are tried in their order, each with its port', () => {
  const url = 'postgresql://app:p%40ss@a:5433,[::1],c/clientele?target_session_attrs=read-write&sslmode=disable';

  expect(databaseUrlMistake(url)).toBeUndefined();
  expect(connectionStrings(url)).toEqual([
    'postgresql://app:p%40ss@a:5433/clientele?sslmode=disable',
    'postgresql://app:p%40ss@[::1]/clientele?sslmode=disable',
    'postgresql://app:p%40ss@c/clientele?sslmode=disable',
  ]);
});

test('a standby will do only where the address says so', () => {
  expect(databaseAddress('postgresql://a,b/db').acceptsStandby).toBe(false);
  expect(databaseAddress('postgresql://a,b/db?target_session_attrs=any').acceptsStandby).toBe(true);
});

test.for([
  ['mysql://a/db', 'must begin with postgresql://'],
  ['postgresql://app:secret@a:port,b/db', 'must be postgresql://user@host:port/database'],
  ['postgresql://app:secret@a/db?target_session_attrs=standby', 'Clientele writes'],
])('%s is refused in words, without its password', ([url = '', words = '']) => {
  const refused = () => readConfig({ DATABASE_URL: url, DATABASE_DIRECT_URL: url });

  expect(databaseUrlMistake(url)).toContain(words);
  expect(refused).toThrow('start.refused');
  expect(databaseUrlMistake(url)).not.toContain('secret');
});

test('passwords of several hosts are masked where settings are printed', () => {
  const url = 'postgresql://app:secret@a,b:5433/clientele?target_session_attrs=read-write';
  const shown = describeConfig(readConfig({ DATABASE_URL: url, DATABASE_DIRECT_URL: url }));
  const masked = 'postgresql://***@a,b:5433/clientele?target_session_attrs=read-write';

  expect(shown.filter(({ value }) => value === masked).map(({ name }) => name)).toEqual([
    'DATABASE_URL',
    'DATABASE_DIRECT_URL',
  ]);
});
