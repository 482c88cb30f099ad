import fc from 'fast-check';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { api, type ApiCall, errorsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';

const world = useApp();

const INVALID = '{"errors":[{"detail":"Post data is invalid.","status":400}]}';
const TOO_LARGE = '{"errors":[{"detail":"Request body is too large.","status":413}]}';
const NEW = 'Another-Horse-8-Battery';
const megabytes = (count: number) => 'x'.repeat(count * 1_048_576);
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

async function visitor() {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  return { ...customer, token, own: `/customers/${customer.reference}` };
}

/** Attributes that register. */
function registration() {
  const { email, salutation, firstName, lastName, gender } = somebody();
  return { email, salutation, firstName, lastName, gender, password: PASSWORD, confirmPassword: PASSWORD, acceptedTerms: true };
}

const CLOSE = 'Host: shop.test\r\nAccept: */*\r\nConnection: close\r\n';

/** Sends bytes as they are and reads until the server closes. */
async function raw(...bytes: (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  for (const part of bytes) socket.write(part);
  await once(socket, 'close');
  return answer;
}

/** Counts the passwords that are hashed or verified until the test ends. */
function watchHasher() {
  const { hasher } = world.app;
  const spies = [vi.spyOn(hasher, 'hash'), vi.spyOn(hasher, 'verify'), vi.spyOn(hasher, 'gated')];
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

describe('a body', () => {
  test.for([
    ['an open brace', '{'],
    ['half of an object', '{"data":'],
    ['single quotes', "{'data':{}}"],
    ['a brace short', '{"data":{"type":"access-tokens","attributes":{}}'],
    ['NaN', '{"data":{"type":"access-tokens","attributes":{"username":NaN}}}'],
    ['garbage behind', '{"data":{"type":"access-tokens","attributes":{}}}garbage'],
    ['a raw control character', '{"data":{"type":"access-tokens","attributes":{"username":"\u0001"}}}'],
    ['a form', 'data[type]=access-tokens&data[attributes][username]=x'],
    ['XML', '<data/>'],
    ['a NUL', '\0'],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['twenty thousand objects in each other', `${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ])('of %s is no post data', async ([, body]) => {
    const answer = await api(world, 'POST', '/access-tokens', { body });

    expect([answer.status, answer.text]).toEqual([400, INVALID]);
  });

  test('may nest inside an attribute; it goes nowhere', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

    const unknown = await api(world, 'POST', '/access-tokens', { body: `{"data":{"type":"access-tokens","attributes":{"other":${deep}}}}` });
    const known = await api(world, 'POST', '/access-tokens', { body: `{"data":{"type":"access-tokens","attributes":{"username":${deep},"password":${deep}}}}` });

    expect(errorsOf(unknown)).toEqual(['422/901', '422/901']);
    expect(known.status).toBe(422);
  });

  test('with a key twice counts as its last', async () => {
    const { email } = somebody();
    const attributes = JSON.stringify(registration()).replace(/^\{"email":/, `{"email":"${email}","email":`);

    const registered = await api(world, 'POST', '/customers', { body: `{"data":{"type":"x","type":"customers","attributes":${attributes}}}` });
    const refused = await api(world, 'POST', '/customers', { body: `{"data":{"type":"customers","attributes":${attributes.replace(/\}$/, ',"email":"x"}')}}}` });

    expect(registered.status).toBe(201);
    expect(registered.json.data.attributes.email).not.toBe(email);
    expect(errorsOf(refused)).toEqual(['422/901']);
  });

  test('of other bytes than UTF-8 is refused or read as text', async () => {
    const body = JSON.stringify({ data: { type: 'access-tokens', attributes: { username: 'ida@example.org', password: 'x' } } });
    const send = (bytes: Buffer, headers = '') => raw(`POST /access-tokens HTTP/1.1\r\n${CLOSE}${headers}Content-Length: ${bytes.length}\r\n\r\n`, bytes);

    expect(await send(Buffer.from(body, 'utf16le'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send(gzipSync(body), 'Content-Encoding: gzip\r\n')).toMatch(/^HTTP\/1\.1 4/);
    expect(await send(Buffer.from(body.replace('"x"', '"\u00ff\u00fe"'), 'latin1'))).toMatch(/^HTTP\/1\.1 401 /);
    expect(await send(Buffer.from(`\uFEFF${body}`))).toMatch(/^HTTP\/1\.1 40[01] /);
  });

  test.for([
    ['application/x-www-form-urlencoded', 'data%5Btype%5D=customers'],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}\r\n--x--'],
    ['multipart/form-data', '{}'],
    ['text/xml', '<data/>'],
    ['application/json; charset=utf-16', '{'],
    ['\u00ff/\u00fe', '{}'],
  ] as const)('sent as %s is no post data unless it is', async ([type, body]) => {
    const answer = await api(world, 'POST', '/customers', { body, headers: { 'Content-Type': type } });

    expect([answer.status, answer.text]).toEqual([400, INVALID]);
  });

  test.for(['{"grant_type":"password","username":"a","password":"b"}', '', '=', '&&&', '%', 'grant_type=%', 'grant_type[]=password', 'grant_type=password&grant_type=x', '\0=\0'])(
    'of %j at /token grants nothing',
    async (body) => {
      const answer = await api(world, 'POST', '/token', { body, headers: form });

      expect(answer.status).toBe(400);
      expect(answer.json.error).toMatch(/^invalid_(grant|request)$/);
    },
  );
});

describe('size', () => {
  test.for(['/access-tokens', '/customers', '/token', '/nothing', '/login'])('ten megabytes to %s are 413 at once, unread', async (path) => {
    const started = performance.now();

    const answer = await raw(`POST ${path} HTTP/1.1\r\n${CLOSE}Content-Length: 10485760\r\n\r\n`, 'x'.repeat(1000));

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain(TOO_LARGE);
    expect(performance.now() - started).toBeLessThan(900);
  });

  test('a client that sends all ten megabytes reads the answer too', async () => {
    const answer = await api(world, 'POST', '/access-tokens', { body: megabytes(10), headers: { Connection: 'close' } });

    expect([answer.status, answer.text]).toEqual([413, TOO_LARGE]);
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
  });

  test('after a body that nobody read, a connection serves the next request, or the answer said that it closes', async () => {
    const { hostname, port } = new URL(world.url);
    const after = async (method: string, path: string, size: number) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      onTestFinished(() => agent.destroy());
      const send = (method: string, path: string, body = '') =>
        new Promise<{ status: number; connection: string | undefined }>((resolve, reject) => {
          const outgoing = request({ agent, hostname, port, method, path, headers: { Accept: '*/*', 'Content-Length': body.length } }, (incoming) => {
            const { statusCode = 0, headers } = incoming;
            incoming.resume().on('end', () => resolve({ status: statusCode, connection: headers.connection }));
          });
          outgoing.on('error', reject);
          outgoing.end(body);
        });
      const { status, connection } = await send(method, path, 'x'.repeat(size));
      // A body is given up on after half a second; requests on their way then must not be lost.
      const until = performance.now() + (connection === 'close' ? 0 : 700);
      let lost = 0;
      while (performance.now() < until && lost === 0) await send('GET', '/health/live').catch(() => (lost += 1));
      return { status, lost };
    };

    const answers = await Promise.all([
      after('POST', '/access-tokens', 1_048_576),
      after('POST', '/nothing', 200_000),
      after('DELETE', '/customers/x', 200_000),
      after('POST', '/access-tokens?page[limit]=0', 200_000),
    ]);

    expect(answers).toEqual([413, 404, 403, 400].map((status) => ({ status, lost: 0 })));
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
    ['PATCH', '/customer-password/{own}', 'customer-password', (password) => ({ password: PASSWORD, newPassword: password, confirmPassword: password })],
    ['PATCH', '/customer-password/{own}', 'customer-password', (password) => ({ password, newPassword: NEW, confirmPassword: NEW })],
    ['PATCH', '/customer-restore-password/x', 'customer-restore-password', (password) => ({ restorePasswordKey: 'x', password, confirmPassword: password })],
  ])('%s %s: a password of 60 kB is not hashed, one of a megabyte not even read', async ([method, path, type, attributes]) => {
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
  });

  test.for(['known', 'unknown'])('a password of 200 kB for an address that is %s is wrong without being hashed, at both doors', async (kind) => {
    const username = kind === 'known' ? (await activeCustomer(world)).email : somebody().email;
    const password = 'x'.repeat(200_000);
    const hashed = watchHasher();

    expect(errorsOf(await api(world, 'POST', '/access-tokens', { attributes: { username, password } }))).toEqual(['401/003']);
    const body = new URLSearchParams({ grant_type: 'password', username, password }).toString();
    expect(await api(world, 'POST', '/token', { body, headers: form })).toMatchObject({ status: 400, json: { error: 'invalid_grant' } });

    expect(hashed()).toBe(0);
  });

  test.for([
    ['a long mailbox', `${'x.'.repeat(50_000)}@example.org`],
    ['many labels', `a@${'x.'.repeat(100_000)}`],
    ['many hyphens', `a@${'-'.repeat(200_000)}`],
    ['labels of hyphens', `${'a'.repeat(64)}@${'a-'.repeat(100_000)}`],
    ['many at signs', '@'.repeat(200_000)],
  ] as const)('an address of %s is refused quickly', async ([, username]) => {
    const started = performance.now();

    expect(errorsOf(await api(world, 'POST', '/access-tokens', { attributes: { username, password: 'x' } }))).toEqual(['422/901']);
    expect(performance.now() - started).toBeLessThan(300);
  });

  test('many attributes and long queries are read quickly', async () => {
    const started = performance.now();
    const many = Object.fromEntries(Array.from({ length: 15_000 }, (_, at) => [`a${at}`, 1]));

    expect(await api(world, 'POST', '/customers', { attributes: { ...registration(), ...many } })).toMatchObject({ status: 201 });
    expect(await api(world, 'GET', `/access-tokens?${'a&'.repeat(3000)}include=${'x,'.repeat(2000)}`)).toMatchObject({ status: 200 });
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('the wire', () => {
  test.for([
    ['an absolute address', 'GET http://shop.test/access-tokens HTTP/1.1'],
    ['another host in it', 'GET http://evil.test/access-tokens HTTP/1.1'],
    ['an asterisk', 'OPTIONS * HTTP/1.1'],
    ['TRACE', 'TRACE /customers HTTP/1.1'],
    ['QUERY', 'QUERY /customers HTTP/1.1'],
    ['PROPFIND', 'PROPFIND /customers HTTP/1.1'],
    ['HEAD', 'HEAD /access-tokens HTTP/1.1'],
    ['a path without a slash', 'GET access-tokens HTTP/1.1'],
    ['a fragment', 'GET /access-tokens#x HTTP/1.1'],
    ['raw bytes', 'GET /\u00ff\u00fe HTTP/1.1'],
    ['raw bytes in the query', 'GET /access-tokens?\u00ff=\u00fe HTTP/1.1'],
    ['a backslash', 'GET \\access-tokens HTTP/1.1'],
    ['a backslash in the path', 'GET /access-tokens\\x HTTP/1.1'],
    ['two slashes', 'GET //evil.test/access-tokens HTTP/1.1'],
    ['HTTP/1.0', 'GET /access-tokens HTTP/1.0'],
    ['nonsense', 'nonsense'],
  ] as const)('%s in the request line is no error of ours', async ([, line]) => {
    const answer = await raw(Buffer.from(`${line}\r\n${CLOSE}\r\n`, 'latin1'));

    expect(answer).toMatch(/^HTTP\/1\.1 [1-4]\d\d /);
  });

  test('a client that goes away in the middle of its body leaves the server well', async () => {
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /access-tokens HTTP/1.1\r\n${CLOSE}Content-Length: 1000\r\n\r\n{"data":`);
    await once(socket, 'connect');
    socket.destroy();

    expect(await api(world, 'GET', '/access-tokens')).toMatchObject({ status: 200 });
  });
});

test('no request answers 500', async () => {
  const { token, own, reference } = await visitor();
  const known = [
    'access-tokens',
    'refresh-tokens',
    'customers',
    'customer-password',
    'customer-forgotten-password',
    'customer-restore-password',
    'customer-confirmation',
  ];
  const names = [...Object.keys(registration()), 'dateOfBirth', 'username', 'newPassword', 'refreshToken', 'registrationKey', 'restorePasswordKey', '__proto__'];
  const parameters = ['include', 'fields[customers]', 'page[offset]', 'page[limit]', 'currency', 'priceMode', '_store', 'sort', 'filter[a]', 'q'];

  const words = fc.constantFrom(reference, 'mine', '', '\ud800', '\0', '__proto__', PASSWORD, 'a@example.org', '2020-02-30', 'Male', 'Dr');
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), words);
  const type = fc.constantFrom(...known, 'token', 'nothing');
  const escaped = text.map((text) => encodeURIComponent(text.toWellFormed()));
  const segment = fc.oneof(type, fc.constantFrom(reference, 'mine', '', '%', '%00', '%ff', '..'), escaped);
  const query = fc.array(fc.tuple(fc.constantFrom(...parameters), escaped), { maxLength: 3 });
  const target = fc.oneof(type.map((type) => [type]), type.map((type) => [type, reference]), fc.array(segment, { minLength: 1, maxLength: 4 }));
  const value = fc.oneof({ weight: 4, arbitrary: text }, fc.jsonValue());
  const attributes = fc.oneof({ weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...names), value) }, value);
  const call = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT', 'HEAD'),
    path: fc.tuple(target, query).map(([segments, query]) => `/${segments.join('/')}?${query.map((pair) => pair.join('=')).join('&')}`),
    attributes,
    // A document that suits the path, or anything else.
    body: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.record({ data: fc.record({ type, attributes }, { requiredKeys: [] }) }), text, fc.json()),
    format: fc.constantFrom('application/json', 'application/vnd.api+json', 'application/x-www-form-urlencoded', 'text/plain'),
    loggedIn: fc.boolean(),
  });

  await fc.assert(
    fc.asyncProperty(call, async ({ method, path, attributes, body, format, loggedIn }) => {
      // Whoever erases themselves can try nothing more.
      const me = loggedIn && !(method === 'DELETE' && path.startsWith(own)) ? { token } : {};
      const content: ApiCall = method === 'POST' || method === 'PATCH' ? (body === undefined ? { attributes } : { body }) : {};

      const { status } = await api(world, method, path, { ...me, ...content, headers: { 'Content-Type': format } });

      expect(status).not.toBe(500);
    }),
    { numRuns: 200 },
  );
});
