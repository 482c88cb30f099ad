import { Agent, request } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { api, errorsOf, loggedIn, raw } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, registration, somebody } from '../../../test/builders.ts';

const world = useApp();

const TOO_LARGE = '{"errors":[{"detail":"Request body is too large.","status":413}]}';
const NEW = 'Another-Horse-8-Battery';
const megabytes = (count: number) => 'x'.repeat(count * 1_048_576);

const visitor = () => loggedIn(world);

const CLOSE = 'Host: shop.test\r\nAccept: */*\r\nConnection: close\r\n';

/** Counts the passwords that are hashed or verified until the test ends. */
function watchHasher() {
  const { hasher } = world.app;
  const spies = [vi.spyOn(hasher, 'hash'), vi.spyOn(hasher, 'verify'), vi.spyOn(hasher, 'verifyImported')];
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

test.for([
  ['/access-tokens', 413, TOO_LARGE],
  ['/customers', 413, TOO_LARGE],
  ['/token', 413, TOO_LARGE],
  ['/login_check', 413, '<h1>'],
  ['/register', 413, '<h1>'],
  // Nobody asks for the body of what is not there.
  ['/nothing', 404, '{"errors":[{"status":404,"detail":"Not Found"}]}'],
  ['/login', 404, '<h1>'],
] as const)('ten megabytes to %s are %d before they are sent', async ([path, status, body]) => {
  // Only the first kilobyte of the announced body follows, so an answer cannot have waited for the rest.
  const answer = await raw(
    world,
    `POST ${path} HTTP/1.1\r\n${CLOSE}Content-Length: 10485760\r\n\r\n`,
    'x'.repeat(1000),
  );

  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toContain(body);
});

test('a client that sends all ten megabytes reads the answer too', async () => {
  const answer = await api(world, 'POST', '/access-tokens', {
    body: megabytes(10),
    headers: { Connection: 'close' },
  });

  expect([answer.status, answer.text]).toEqual([413, TOO_LARGE]);
  expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
});

test('a refusal for its size carries the headers of every answer', async () => {
  const { headers } = await api(world, 'POST', '/access-tokens', {
    body: megabytes(1),
    headers: { Connection: 'close' },
  });

  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-request-id')).toMatch(/^[\w.-]{8,64}$/);
});

test('after a body that nobody read, a connection serves the next request, or the answer said that it closes', async () => {
  const { hostname, port } = new URL(world.url);
  const after = async (method: string, path: string, size: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const send = (method: string, path: string, body = '') =>
      new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
        const outgoing = request(
          { agent, hostname, port, method, path, headers: { Accept: '*/*', 'Content-Length': body.length } },
          (incoming) => {
            const { statusCode = 0, headers } = incoming;
            incoming.resume().on('end', () => resolve({ status: statusCode, connection: headers.connection }));
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    const { status, connection } = await send(method, path, 'x'.repeat(size));
    // A body is given up on after half a second; requests on their way then must not be lost.
    const until = performance.now() + (connection === 'close' ? 0 : 700);
    const lost: unknown[] = [];
    while (performance.now() < until && lost.length === 0) {
      await send('GET', '/health/live').catch((error: unknown) => lost.push(error));
    }
    return { status, lost };
  };

  const answers = await Promise.all([
    after('POST', '/access-tokens', 1_048_576),
    after('POST', '/nothing', 200_000),
    after('DELETE', '/customers/x', 200_000),
    after('POST', '/access-tokens?page[limit]=0', 200_000),
  ]);

  expect(answers).toEqual([413, 404, 403, 400].map((status) => ({ status, lost: [] })));
});

test('without a Content-Length the count decides', async () => {
  const { hostname, port } = new URL(world.url);
  const status = await new Promise((resolve, reject) => {
    const headers = { Accept: '*/*', Connection: 'close' };
    const outgoing = request({ hostname, port, method: 'POST', path: '/access-tokens', headers }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode);
    });
    outgoing.on('error', reject);
    outgoing.write(megabytes(1));
    outgoing.end();
  });

  expect(status).toBe(413);
});

test.for<[method: string, path: string, type: string, attributes: (password: string) => Record<string, unknown>]>([
  ['POST', '/access-tokens', 'access-tokens', (password) => ({ username: somebody().email, password })],
  ['POST', '/customers', 'customers', (password) => ({ ...registration(), password, confirmPassword: password })],
  ['PATCH', '/customers/{own}', 'customers', (password) => ({ password, confirmPassword: password })],
  [
    'PATCH',
    '/customer-password/{own}',
    'customer-password',
    (password) => ({ password: PASSWORD, newPassword: password, confirmPassword: password }),
  ],
  [
    'PATCH',
    '/customer-password/{own}',
    'customer-password',
    (password) => ({ password, newPassword: NEW, confirmPassword: NEW }),
  ],
  [
    'PATCH',
    '/customer-restore-password/x',
    'customer-restore-password',
    (password) => ({ restorePasswordKey: 'x', password, confirmPassword: password }),
  ],
])(
  '%s %s: a password of 60 kB is not hashed, one of a megabyte not even read',
  async ([method, path, type, attributes]) => {
    const { reference, token } = await visitor();
    const send = (password: string) =>
      api(world, method, path.replace('{own}', reference), {
        ...(path.includes('{own}') ? { token } : {}),
        headers: { Connection: 'close' },
        body: { data: { type, attributes: attributes(password) } },
      });
    const hashed = watchHasher();

    const answer = await send(`Aa1!${'xy'.repeat(30_000)}`);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await send(megabytes(1))).toMatchObject({ status: 413, text: TOO_LARGE });
    expect(hashed()).toBe(0);
  },
);

test.for(['known', 'unknown'])(
  'a password of 200 kB for an address that is %s is wrong without being hashed, at both doors',
  async (kind) => {
    const username = kind === 'known' ? (await activeCustomer(world)).email : somebody().email;
    const password = 'x'.repeat(200_000);
    const hashed = watchHasher();

    expect(errorsOf(await api(world, 'POST', '/access-tokens', { attributes: { username, password } }))).toEqual([
      '401/003',
    ]);
    const body = new URLSearchParams({ grant_type: 'password', username, password }).toString();
    expect(
      await api(world, 'POST', '/token', { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    ).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant' },
    });

    expect(hashed()).toBe(0);
  },
);

test.for([
  ['a long mailbox', `${'x.'.repeat(50_000)}@example.org`],
  ['many labels', `a@${'x.'.repeat(100_000)}`],
  ['many hyphens', `a@${'-'.repeat(200_000)}`],
  ['labels of hyphens', `${'a'.repeat(64)}@${'a-'.repeat(100_000)}`],
  ['many at signs', '@'.repeat(200_000)],
] as const)('an address of %s is refused in linear time', async ([, username]) => {
  // Quadratic work on 200,000 characters would exceed the time-out of a test.
  expect(errorsOf(await api(world, 'POST', '/access-tokens', { attributes: { username, password: 'x' } }))).toEqual([
    '422/901',
  ]);
});

test('many attributes and long queries are answered', async () => {
  const many = Object.fromEntries(Array.from({ length: 15_000 }, (_, at) => [`a${at}`, 1]));

  expect(await api(world, 'POST', '/customers', { attributes: { ...registration(), ...many } })).toMatchObject({
    status: 201,
  });
  expect(await api(world, 'GET', `/access-tokens?${'a&'.repeat(3000)}include=${'x,'.repeat(2000)}`)).toMatchObject({
    status: 200,
  });
});
