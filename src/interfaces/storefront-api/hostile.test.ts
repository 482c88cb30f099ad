import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  dictionary,
  json,
  jsonValue,
  oneof,
  record,
  string,
  tuple,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import { api, type ApiCall, errorsOf, logIn, raw } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, registration, somebody } from '../../../test/builders.ts';

const world = useApp();

const INVALID = '{"errors":[{"detail":"Post data is invalid.","status":400}]}';

const CLOSE = 'Host: shop.test\r\nAccept: */*\r\nConnection: close\r\n';

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
    const deep = `${'['.repeat(60)}${']'.repeat(60)}`;

    const unknown = await api(world, 'POST', '/access-tokens', {
      body: `{"data":{"type":"access-tokens","attributes":{"other":${deep}}}}`,
    });
    const known = await api(world, 'POST', '/access-tokens', {
      body: `{"data":{"type":"access-tokens","attributes":{"username":${deep},"password":${deep}}}}`,
    });

    expect(errorsOf(unknown)).toEqual(['422/901', '422/901']);
    expect(known.status).toBe(422);
  });

  test('with a key twice counts as its last', async () => {
    const { email } = somebody();
    const attributes = JSON.stringify(registration()).replace(/^\{"email":/, `{"email":"${email}","email":`);

    const registered = await api(world, 'POST', '/customers', {
      body: `{"data":{"type":"x","type":"customers","attributes":${attributes}}}`,
    });
    const refused = await api(world, 'POST', '/customers', {
      body: `{"data":{"type":"customers","attributes":${attributes.replace(/\}$/, ',"email":"x"}')}}}`,
    });

    expect(registered.status).toBe(201);
    expect(registered.json.data.attributes.email).not.toBe(email);
    expect(errorsOf(refused)).toEqual(['422/901']);
  });

  test('of other bytes than UTF-8 is refused or read as text', async () => {
    const body = JSON.stringify({
      data: { type: 'access-tokens', attributes: { username: 'ida@example.org', password: 'x' } },
    });
    const send = (bytes: Buffer, headers = '') =>
      raw(world, `POST /access-tokens HTTP/1.1\r\n${CLOSE}${headers}Content-Length: ${bytes.length}\r\n\r\n`, bytes);

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

  test.for([
    '{"grant_type":"password","username":"a","password":"b"}',
    '',
    '=',
    '&&&',
    '%',
    'grant_type=%',
    'grant_type[]=password',
    'grant_type=password&grant_type=x',
    '\0=\0',
  ])('of %j at /token grants nothing', async (body) => {
    const answer = await api(world, 'POST', '/token', {
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });

    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatch(/^invalid_(grant|request)$/);
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
    const answer = await raw(world, Buffer.from(`${line}\r\n${CLOSE}\r\n`, 'latin1'));

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
  const { reference, email } = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, email);
  const known = [
    'access-tokens',
    'refresh-tokens',
    'customers',
    'customer-password',
    'customer-forgotten-password',
    'customer-restore-password',
    'customer-confirmation',
  ];
  const names = [
    ...Object.keys(registration()),
    'dateOfBirth',
    'username',
    'newPassword',
    'refreshToken',
    'registrationKey',
    'restorePasswordKey',
    '__proto__',
  ];
  const parameters = [
    'include',
    'fields[customers]',
    'page[offset]',
    'page[limit]',
    'currency',
    'priceMode',
    '_store',
    'sort',
    'filter[a]',
    'q',
  ];

  const words = constantFrom(
    reference,
    'mine',
    '',
    '\ud800',
    '\0',
    '__proto__',
    PASSWORD,
    'a@example.org',
    '2020-02-30',
    'Male',
    'Dr',
  );
  const text = oneof(string({ unit: 'binary' }), string(), words);
  const type = constantFrom(...known, 'token', 'nothing');
  const escaped = text.map((text) => encodeURIComponent(text.toWellFormed()));
  const segment = oneof(type, constantFrom(reference, 'mine', '', '%', '%00', '%ff', '..'), escaped);
  const query = array(tuple(constantFrom(...parameters), escaped), { maxLength: 3 });
  const target = oneof(
    type.map((type) => [type]),
    type.map((type) => [type, reference]),
    array(segment, { minLength: 1, maxLength: 4 }),
  );
  const value = oneof({ weight: 4, arbitrary: text }, jsonValue());
  const attributes = oneof({ weight: 5, arbitrary: dictionary(constantFrom(...names), value) }, value);
  const call = record({
    method: constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PUT', 'HEAD'),
    path: tuple(target, query).map(
      ([segments, query]) => `/${segments.join('/')}?${query.map((pair) => pair.join('=')).join('&')}`,
    ),
    attributes,
    // A document that suits the path, or anything else.
    body: oneof(
      { weight: 3, arbitrary: constant(undefined) },
      record({ data: record({ type, attributes }, { requiredKeys: [] }) }),
      text,
      json(),
    ),
    format: constantFrom(
      'application/json',
      'application/vnd.api+json',
      'application/x-www-form-urlencoded',
      'text/plain',
    ),
    loggedIn: boolean(),
  });

  await assert(
    asyncProperty(call, async ({ method, path, attributes, body, format, loggedIn }) => {
      // Whoever erases themselves can try nothing more.
      const me = loggedIn && !(method === 'DELETE' && path.startsWith(`/customers/${reference}`)) ? { token } : {};
      const content: ApiCall =
        method === 'POST' || method === 'PATCH' ? (body === undefined ? { attributes } : { body }) : {};

      const { status } = await api(world, method, path, { ...me, ...content, headers: { 'Content-Type': format } });

      expect(status).not.toBe(500);
    }),
    { numRuns: 200 },
  );
});
