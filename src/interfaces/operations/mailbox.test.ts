import { request } from 'node:http';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { testConfig } from '../../../test/settings.ts';
import { isKnownHost, isMailboxOpen } from '../../platform/http/known-hosts.ts';

const world = useApp();

/** The status of a request with a Host header, which `fetch` does not let through. */
const statusFor = (path: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(new URL(path, world.url), { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test.for(['/dev/mailbox', '/dev/mailbox.json', '/dev/mailbox/00000000-0000-7000-8000-000000000001'])(
  '%s answers this machine and PUBLIC_URL, and no other name',
  async (path) => {
    const known = path.length > 20 ? 404 : 200;

    for (const host of ['localhost', 'LOCALHOST:3000', 'app.localhost:8080', '127.0.0.1:1', '[::1]:3000', 'shop.test'])
      expect(await statusFor(path, host), host).toBe(known);
    for (const host of [
      'evil.example',
      'shop.test.evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evil.example:3000',
      'notlocalhost',
      '192.168.1.5',
    ])
      expect(await statusFor(path, host), host).toBe(403);
  },
);

test('where the server listens for more than this machine, its addresses are known too', () => {
  const config = testConfig({ HOST: '0.0.0.0' });

  expect(isKnownHost(config, '192.168.1.5:3000')).toBe(true);
  expect(isKnownHost(config, '[fd00::5]:3000')).toBe(true);
  expect(isKnownHost(config, 'evil.example:3000')).toBe(false);
  expect(isKnownHost(config, undefined)).toBe(false);
});

test.for([
  [{ HOST: '127.0.0.1' }, false],
  [{ HOST: '::1' }, false],
  [{ HOST: 'localhost' }, false],
  [{ HOST: '0.0.0.0' }, true],
  [{ HOST: '::' }, true],
  [{ HOST: '192.168.1.5' }, true],
  [{ HOST: '0.0.0.0', SMTP_URL: 'smtp://localhost' }, false],
] as const)('listening as %j, the mailbox is open to others: %s', ([settings, expected]) => {
  expect(isMailboxOpen(testConfig(settings))).toBe(expected);
});
