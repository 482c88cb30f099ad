import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { startRefused } from './problem.ts';

const settings = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://shop.example.org',
  SMTP_URL: 'smtp://mail.example.org',
  MAIL_FROM: 'shop@example.org',
  DATABASE_URL: 'postgres://db.example.org/shop',
  SHOP_NAME: 'Example Shop',
  SHOP_ADDRESS: 'Example Street 1, 10115 Berlin',
  IMPRINT_URL: 'https://shop.example/imprint',
  PRIVACY_URL: 'https://shop.example/privacy',
  TERMS_URL: 'https://shop.example/terms',
  SECRET: randomBytes(48).toString('base64'),
};

/** The settings that are refused, with the whole text; production refuses none of what was not changed. */
function refused(changes: Record<string, string>): { names: string[]; reason: string } {
  try {
    readConfig({ ...settings, ...changes });
    return { names: [], reason: '' };
  } catch (error) {
    if (!startRefused.is(error)) throw error;
    const { reason } = error.details;
    return { names: [...reason.matchAll(/^ {2}(\w+): /gm)].map(([, name = '']) => name), reason };
  }
}

test('a list of passwords that are always accepted is refused, and stands where tests need it', () => {
  expect(refused({ PASSWORD_ALLOW_LIST: 'change123' }).names).toEqual(['PASSWORD_ALLOW_LIST']);
  expect(refused({ PASSWORD_ALLOW_LIST: '' }).names).toEqual([]);
  expect(readConfig({}).PASSWORD_ALLOW_LIST).toEqual([]);
  expect(readConfig({ PASSWORD_ALLOW_LIST: 'change123, x' }).PASSWORD_ALLOW_LIST).toEqual(['change123', 'x']);
});

test('links with tokens that lead to a storefront have to be https', () => {
  expect(refused({ CONFIRM_LINK: 'http://shop.example/?t={token}' }).names).toEqual(['CONFIRM_LINK']);
  expect(refused({ CONFIRM_LINK: 'https://shop.example/' }).names).toEqual(['CONFIRM_LINK']);
  expect(refused({ CONFIRM_LINK: 'https://shop.example/?t={token}' }).names).toEqual([]);
});

test('the demo shop, whose passwords everybody knows, is refused', () => {
  expect(refused({ DEMO_DATA: 'true' }).names).toEqual(['DEMO_DATA']);
  expect(refused({ DEMO_DATA: 'false' }).names).toEqual([]);
});

test('what footers say is asked for, and links lead to web pages', () => {
  for (const name of ['SHOP_NAME', 'SHOP_ADDRESS', 'IMPRINT_URL', 'PRIVACY_URL', 'TERMS_URL'])
    expect(refused({ [name]: '' }).names).toEqual([name]);
  expect(refused({ IMPRINT_URL: 'javascript:alert(1)' }).names).toEqual(['IMPRINT_URL']);
});

test('hosts that a sign-in leads to are whole names, over https', () => {
  for (const entry of ['*.shop.example', 'https://shop.example/path', 'user@shop.example', 'ftp://a.example', 'a.b?x'])
    expect(refused({ REDIRECT_HOSTS: entry }).reason, entry).toContain('REDIRECT_HOSTS: must be host names');
  expect(refused({ REDIRECT_HOSTS: 'http://shop.example' }).reason).toContain(
    'REDIRECT_HOSTS: must be https in production, not http://shop.example',
  );
  expect(refused({ REDIRECT_HOSTS: 'shop.example, https://www.shop.example:8443' }).names).toEqual([]);
});

describe('a SECRET that can be guessed is refused', () => {
  test.for([
    'a'.repeat(40),
    ' '.repeat(40),
    'x'.repeat(31).concat('y'),
    'aA'.repeat(16),
    'changeme'.repeat(4),
    'Ch4ng3M3'.repeat(4),
    'change-me-change-me-change-me-change-me',
    'your-secret-key-here-change-in-production',
    'PleaseReplaceThisWithSomethingElse',
    'openssl rand -base64 48 openssl rand',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6',
    '1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y',
    'qwertyuiopasdfghjklzxcvbnm123456',
    'deadbeefdeadbeefcafebabecafebabe',
    '12345678901234567890123456789012',
    'letmeinletmeinletmeinletmeinletmein',
    'correcthorsebatterystaplecorrecthorse',
    'thisisaverylongstringthatpeoplelike',
    randomUUID().slice(0, 8).repeat(5),
  ])('%s', (SECRET) => {
    const { names, reason } = refused({ SECRET });

    expect(names).toEqual(['SECRET']);
    expect(reason).not.toContain(SECRET.trim() || SECRET);
  });

  test('where one is required, an empty one is missing', () => {
    expect(refused({ SECRET: '' }).names).toEqual(['SECRET']);
    expect(refused({ SECRET: '', DATABASE_URL: '' }).names).toEqual([]);
  });

  test('and one that a generator made is taken', () => {
    for (let round = 0; round < 200; round++)
      for (const SECRET of [randomBytes(48).toString('base64'), randomBytes(32).toString('hex'), randomUUID()])
        expect(refused({ SECRET }).names, SECRET).toEqual([]);
  });
});

test.for<[changes: Record<string, string>, refused: string[]]>([
  [{ ARGON2_MEMORY_KIB: '8' }, ['ARGON2_MEMORY_KIB']],
  [{ ARGON2_PASSES: '1' }, ['ARGON2_MEMORY_KIB']],
  [{ ARGON2_PASSES: '1', ARGON2_MEMORY_KIB: '47104' }, []],
  [{ ARGON2_PASSES: '3', ARGON2_MEMORY_KIB: '12288' }, []],
  [{ ARGON2_PASSES: '3', ARGON2_MEMORY_KIB: '12287' }, ['ARGON2_MEMORY_KIB']],
  [{ ARGON2_PASSES: '9', ARGON2_MEMORY_KIB: '7168' }, []],
  [{ ARGON2_PASSES: '99', ARGON2_MEMORY_KIB: '99999999' }, ['ARGON2_MEMORY_KIB', 'ARGON2_PASSES']],
  [{ SIGN_IN_ATTEMPTS: '1000000' }, ['SIGN_IN_ATTEMPTS']],
  [{ SIGN_IN_ACCOUNT_ATTEMPTS: '1000000' }, ['SIGN_IN_ACCOUNT_ATTEMPTS']],
  [{ SIGN_IN_NETWORK_ATTEMPTS: '100000000' }, ['SIGN_IN_NETWORK_ATTEMPTS']],
  [{ SIGN_IN_BLOCK_SECONDS: '1' }, ['SIGN_IN_BLOCK_SECONDS']],
  [{ SIGN_IN_BLOCK_SECONDS: '31536000' }, ['SIGN_IN_BLOCK_SECONDS']],
  [{ SIGN_IN_WINDOW_SECONDS: '1' }, ['SIGN_IN_WINDOW_SECONDS']],
  [{ MFA_CODE_ATTEMPTS: '1000000' }, ['MFA_CODE_ATTEMPTS']],
  [{ MAIL_REQUESTS: '1000000' }, ['MAIL_REQUESTS']],
  [{ RESET_LINK_SECONDS: '31536000' }, ['RESET_LINK_SECONDS']],
  [{ ACCESS_TOKEN_SECONDS: '31536000' }, ['ACCESS_TOKEN_SECONDS']],
  [{ MAILBOX_EMAILS_PER_HOUR: '1000000' }, ['MAILBOX_EMAILS_PER_HOUR']],
  [{ IMPERSONATION_SECONDS: '31536000' }, ['IMPERSONATION_SECONDS']],
  [{ EMAIL_CHANGE_STOP_LINK_SECONDS: '1' }, ['EMAIL_CHANGE_STOP_LINK_SECONDS']],
  [{ MAX_BODY_BYTES: '1000000000' }, ['MAX_BODY_BYTES']],
  [{ BREACH_LOOKUP_URL: 'http://breach.example.org/range/' }, ['BREACH_LOOKUP_URL']],
  [{ PUBLIC_URL: 'http://shop.example.org' }, ['PUBLIC_URL']],
])('%j: refused is %j', ([changes, names]) => {
  expect(refused(changes).names).toEqual(names);
  expect(refused({ ...changes, NODE_ENV: 'development' }).names).toEqual([]);
});

test.for([
  '0.0.0.0/0',
  '::/0',
  '0.0.0.0/1,128.0.0.0/1',
  '::/1,8000::/1',
  '::ffff:0.0.0.0/96',
  '::ffff:0.0.0.0/97,::ffff:128.0.0.0/97',
  '10.0.0.0/4',
  '2000::/3',
  Array.from({ length: 256 }, (_, first) => `${first}.0.0.0/8`).join(','),
  '10.0.0.0/8,0.0.0.0/0',
])('TRUSTED_PROXIES=%s trusts everybody and is refused', (TRUSTED_PROXIES) => {
  expect(refused({ TRUSTED_PROXIES }).names).toEqual(['TRUSTED_PROXIES']);
});

test.for([
  '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.1,::1',
  'fc00::/7,fe80::/10,100.64.0.0/10',
  '173.245.48.0/20,103.21.244.0/22,104.16.0.0/13,2400:cb00::/32,2606:4700::/32',
  '::ffff:10.0.0.0/104',
])('TRUSTED_PROXIES=%s is taken', (TRUSTED_PROXIES) => {
  expect(refused({ TRUSTED_PROXIES }).names).toEqual([]);
});

test('everything that is weak, missing or malformed is named at once', () => {
  const { names } = refused({
    SECRET: 'a'.repeat(40),
    ARGON2_MEMORY_KIB: '8',
    SIGN_IN_ATTEMPTS: '1000000',
    TRUSTED_PROXIES: '0.0.0.0/0',
    SMTP_URL: '',
    PORT: '-1',
    API_DOCS: 'maybe',
  });

  expect(names.toSorted()).toEqual(
    ['API_DOCS', 'ARGON2_MEMORY_KIB', 'PORT', 'SECRET', 'SIGN_IN_ATTEMPTS', 'SMTP_URL', 'TRUSTED_PROXIES'].toSorted(),
  );
});
