import { brotliDecompressSync } from 'node:zlib';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { logIn } from '../../test/api.ts';
import { useApp } from '../../test/app.ts';
import { browser } from '../../test/browser.ts';
import { activeCustomer, PASSWORD } from '../../test/builders.ts';

const world = useApp();

/** The bytes as they came, which `fetch` would have unpacked. */
const raw = (path: string, headers: Record<string, string> = {}) =>
  new Promise<{ encoding: string | undefined; vary: string | undefined; body: Buffer }>((resolve, reject) => {
    request(world.url + path, { headers: { 'Accept-Encoding': 'gzip, br', ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          encoding: answer.headers['content-encoding'],
          vary: answer.headers.vary,
          body: Buffer.concat(chunks),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
const html = { Accept: 'text/html' };

describe('compressed are', () => {
  test.for([
    ['/login', '</html>', html],
    ['/register', '</html>', html],
    ['/assets/shop.css', '.card', {}],
    ['/docs/openapi.json', '"openapi"', {}],
    ['/docs/swagger-ui-bundle.js', 'Swagger', {}],
    ['/stores/DE', '"countries"', {}],
  ] as const)('%s', async ([path, part, headers]) => {
    const plain = await raw(path, { ...headers, 'Accept-Encoding': 'identity' });
    const packed = await raw(path, headers);

    expect([packed.encoding, packed.vary]).toEqual(['br', expect.stringContaining('Accept-Encoding')]);
    expect([plain.encoding, plain.vary]).toEqual([undefined, expect.stringContaining('Accept-Encoding')]);
    expect(packed.body.length).toBeLessThan(plain.body.length * 0.6);
    expect(brotliDecompressSync(packed.body).toString()).toContain(part);
  });
});

describe('not compressed are', () => {
  test('small answers of the API', async () => {
    const { email, reference } = await activeCustomer(world);
    const { accessToken } = await logIn(world, email);

    const { encoding, body } = await raw(`/customers/${reference}`, { Authorization: `Bearer ${accessToken}` });

    expect([encoding, JSON.parse(body.toString())]).toMatchObject([undefined, { data: { id: reference } }]);
  });

  test('pages that show a person, whose length would tell of them what a stranger put beside it (BREACH)', async () => {
    const { email } = await activeCustomer(world);
    const visitor = browser(world);
    await visitor.submit('/password/forgotten', 'forgottenPassword', { email });
    const cookies = () => ({ ...html, Cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; ') });

    const filledIn = await raw('/login', cookies());
    await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
    const profile = await raw('/customer/profile?email=a', cookies());

    expect(filledIn.body.toString()).toContain(email);
    expect(profile.body.toString()).toContain(email);
    expect([filledIn.encoding, profile.encoding]).toEqual([undefined, undefined]);
  });
});

test('the token of a form is written anew in every page, so that no length tells of it, and each is taken', async () => {
  const { email } = await activeCustomer(world);
  const visitor = browser(world);
  const tokens = [];
  for (let at = 0; at < 3; at++)
    tokens.push(/loginForm\[_token\]" value="([^"]+)"/.exec((await visitor.get('/login')).html)?.[1] ?? '');

  expect(new Set(tokens).size).toBe(3);
  // Nothing of it is the same in two pages, at any place.
  const [one = '', other = ''] = tokens.map((token) => Buffer.from(token, 'base64url').toString('hex'));
  const same = one.match(/../g)?.filter((byte, at) => byte === other.slice(2 * at, 2 * at + 2)) ?? [];
  expect(same.length).toBeLessThan(8);
  for (const token of tokens) {
    const sent = { 'loginForm[_token]': token, 'loginForm[email]': email, 'loginForm[password]': 'wrong' };
    expect((await visitor.post('/login_check', sent)).status).toBe(422);
  }
  const broken = { 'loginForm[_token]': `${tokens[0]?.slice(0, -1)}`, 'loginForm[email]': email };
  expect((await visitor.post('/login_check', broken)).status).toBe(403);
});
