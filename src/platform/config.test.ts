import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { startRefused } from './problem.ts';

/** The reason a start is refused for; undefined when it is not. */
function refusal(env: Record<string, string>): string | undefined {
  try {
    readConfig(env);
    return undefined;
  } catch (error) {
    if (startRefused.is(error)) return error.details.reason;
    throw error;
  }
}

describe('where the decoupled applications answer', () => {
  const settings = ['DECOUPLED_STOREFRONT_AT', 'DECOUPLED_BACKEND_AT'] as const;

  test('is under a prefix, unless told otherwise', () => {
    const { DECOUPLED_STOREFRONT_AT, DECOUPLED_BACKEND_AT, DECOUPLED_CORS_ALLOW_ORIGIN } = readConfig({});

    expect([DECOUPLED_STOREFRONT_AT, DECOUPLED_BACKEND_AT]).toEqual([['/glue-storefront'], ['/glue-backend']]);
    expect(DECOUPLED_CORS_ALLOW_ORIGIN).toBe('*');
  });

  test.for<[value: string, places: string[]]>([
    ['/sapi', ['/sapi']],
    ['/sapi/', ['/sapi']],
    ['/api/v1.0/sapi', ['/api/v1.0/sapi']],
    ['glue.shop.test', ['glue.shop.test']],
    ['Glue.Shop.test:8443', ['glue.shop.test:8443']],
    [' /sapi , localhost,, ', ['/sapi', 'localhost']],
  ])('%s', ([value, places]) => {
    for (const name of settings) expect(readConfig({ [name]: value })[name]).toEqual(places);
  });

  test.for([
    'https://glue.shop.test',
    'glue.shop.test/sapi',
    'glue storefront',
    '/sapi storefront',
    '/sapi//v1',
    '/sapi?x=1',
    '/sapi#x',
    '/säpi',
    'glue.shop.test:',
    'glue.shop.test:port',
    '*.shop.test',
    '.shop.test',
    '[::1]:3000',
    '/sapi,https://glue.shop.test',
  ])('cannot be %s, and the refusal says what could be', (value) => {
    for (const name of settings)
      expect(refusal({ [name]: value })).toBe(
        `Invalid settings:\n  ${name}: must be path prefixes such as /glue-storefront or host names, comma-separated`,
      );
  });

  test('cannot be everything, which would leave nothing to the others', () => {
    for (const name of settings) expect(refusal({ [name]: '/' }) ?? '').toContain(name);
  });

  test('cannot be the same for both', () => {
    expect(refusal({ DECOUPLED_STOREFRONT_AT: '/glue', DECOUPLED_BACKEND_AT: '/glue' }) ?? '').toContain('DECOUPLED_');
  });

  test('keeps capitals of a path, which are not those of a host', () => {
    expect(readConfig({ DECOUPLED_STOREFRONT_AT: '/API' }).DECOUPLED_STOREFRONT_AT).toEqual(['/API']);
  });
});

test.for(['https://shop.example/', 'shop.example', 'https://a.example,*', 'https://a.example,,'])(
  'CORS_ALLOW_ORIGIN=%s is no list of origins',
  (CORS_ALLOW_ORIGIN) => {
    expect(refusal({ CORS_ALLOW_ORIGIN })).toMatch(/CORS_ALLOW_ORIGIN: must be \* or origins/);
  },
);

test('an empty DECOUPLED_CORS_ALLOW_ORIGIN is none, as its description says', () => {
  expect(readConfig({ DECOUPLED_CORS_ALLOW_ORIGIN: '' }).DECOUPLED_CORS_ALLOW_ORIGIN).toBe('');
});

test.for([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['', false],
] as const)('STOREFRONT_API_SILENT_REGISTRATION=%s is %s', ([value, expected]) => {
  const config = readConfig({ STOREFRONT_API_SILENT_REGISTRATION: value });

  expect(config.STOREFRONT_API_SILENT_REGISTRATION).toBe(expected);
});

test.for(['STOREFRONT_API_SILENT_REGISTRATION', 'API_DOCS', 'DOUBLE_OPT_IN'])('%s is yes or no', (name) => {
  expect(refusal({ [name]: 'maybe' })).toMatch(new RegExp(`^Invalid settings:\n  ${name}: .*"true".*"false"`));
});

test.for([
  ['PORT', 'abc', 'must be a number'],
  ['PORT', '70000', 'must be at most 65535'],
  ['PORT', '1.5', 'must be a whole number'],
  ['SIGN_IN_ATTEMPTS', '0', 'must be more than 0'],
  ['NODE_ENV', 'prod', 'must be one of "development", "production", "test"'],
  ['SMTP_URL', 'mail.example.org', 'must be a URL of the kind that `clientele config` describes'],
  ['API_DOCS', 'maybe', 'must be one of "true"'],
] as const)('%s=%s is refused in plain words: %s', ([name, value, words]) => {
  expect(refusal({ [name]: value })).toContain(`Invalid settings:\n  ${name}: ${words}`);
});

describe('in production', () => {
  const settings = {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://shop.example.org',
    SMTP_URL: 'smtp://mail.example.org',
    MAIL_FROM: 'shop@example.org',
    DATABASE_URL: 'postgres://db.example.org/shop',
    SECRET: 'correct horse battery staple, forty letters',
    SHOP_NAME: 'Example Shop',
    SHOP_ADDRESS: 'Example Street 1, 10115 Berlin',
    IMPRINT_URL: 'https://shop.example.org/imprint',
    PRIVACY_URL: 'https://shop.example.org/privacy',
    TERMS_URL: 'https://shop.example.org/terms',
  };

  test('a shop starts with what it needs, silently or not', () => {
    expect(refusal(settings)).toBeUndefined();
    expect(refusal({ ...settings, STOREFRONT_API_SILENT_REGISTRATION: 'true' })).toBeUndefined();
  });

  test.for(['PUBLIC_URL', 'SMTP_URL', 'MAIL_FROM', 'SECRET'])('%s is missed, by name', (name) => {
    expect(refusal({ ...settings, [name]: '' })).toMatch(new RegExp(`^Invalid settings:\n  ${name}: required`));
  });

  test('links over http are refused, but for this machine', () => {
    expect(refusal({ ...settings, PUBLIC_URL: 'http://shop.example.org' })).toContain('PUBLIC_URL: must be https');
    expect(refusal({ ...settings, PUBLIC_URL: 'http://localhost.example.org' })).toContain('must be https');
    expect(refusal({ ...settings, PUBLIC_URL: 'http://localhost:3000' })).toBeUndefined();
  });

  test('every mistake is listed, not just the first', () => {
    const reason = refusal({ NODE_ENV: 'production', DECOUPLED_BACKEND_AT: 'a b', API_DOCS: 'maybe', PORT: '-1' });

    for (const name of ['DECOUPLED_BACKEND_AT', 'API_DOCS', 'PORT', 'SMTP_URL', 'MAIL_FROM', 'PUBLIC_URL'])
      expect(reason?.split('\n')).toContainEqual(expect.stringMatching(`^  ${name}: `));
  });
});

test.for([
  'https://user:key@breach.example.org/range/',
  'https://breach.example.org/range/?key=1',
  'https://b.example.org/#x',
])('a breach service is no %s, whose secret would be sent or logged', (BREACH_LOOKUP_URL) => {
  expect(refusal({ BREACH_LOOKUP_URL })).toContain('BREACH_LOOKUP_URL: must have neither a user nor a query');
});

test('a least step between references above the largest is refused', () => {
  expect(refusal({ CUSTOMER_REFERENCE_STEP_MIN: '5' })).toBe(
    'Invalid settings:\n  CUSTOMER_REFERENCE_STEP_MIN: must be at most CUSTOMER_REFERENCE_STEP_MAX, which is 1',
  );
});
