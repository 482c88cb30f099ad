import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { list } from '../src/interfaces/storefront-api/index.ts';
import { browser } from './browser.ts';
import { escaped, oddHeaders, oneLine, query, strings, values } from './hostile-values.ts';
import type { World } from './app.ts';
import { PASSWORD } from './builders.ts';
import { agentOf, attributesOf, idOf, nameOf, person } from './every-operation.ts';

/** A request as bytes on a line. */
export interface HostileRequest {
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body: string;
}

const operations = list.flatMap((resource) => resource.operations.map((operation) => ({ resource, operation })));

const pages = {
  login: ['email', 'password', 'target', 'remember_me'],
  register: ['email', 'password][pass', 'password][confirm', 'first_name', 'last_name', 'salutation', 'accept_terms'],
  profile: ['salutation', 'first_name', 'last_name', 'email', 'password'],
  password: ['password', 'new_password][password', 'new_password][confirm'],
  session: ['id'],
  code: ['code'],
  confirm: ['token'],
  restore: ['restore_password_key', 'password][pass', 'password][confirm'],
};
const pageTargets: [path: string, form: string, fields: readonly string[]][] = [
  ['/login_check', 'loginForm', pages.login],
  ['/register', 'registerForm', pages.register],
  ['/register/confirm', 'confirmForm', pages.confirm],
  ['/customer/profile', 'profileForm', pages.profile],
  ['/customer/profile', 'passwordForm', pages.password],
  ['/customer/profile', 'codeForm', pages.code],
  ['/customer/sessions/end', 'sessionForm', pages.session],
  ['/password/restore', 'restoreForm', pages.restore],
  ['/password/forgotten', 'forgottenForm', ['email']],
  ['/register/resend', 'resendForm', ['email']],
  ['/login/unlock', 'unlockForm', pages.confirm],
];

/** Who sends: nobody, a customer with everything, an agent, and a browser that is signed in. */
async function senders(world: World) {
  const customer = await person(world, { works: true });
  const agent = await agentOf(world);
  const visitor = browser(world);
  await visitor.submit('/login', 'loginForm', { email: customer.customer.email, password: PASSWORD });
  const { html } = await visitor.get('/customer/profile');
  const formToken = /_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';
  return { customer, agent, cookie: [...visitor.jar].map(([name, value]) => `${name}=${value}`).join('; '), formToken };
}

/** Requests that somebody with bad intentions, or a broken client, may send. */
export async function hostileRequests(world: World): Promise<fc.Arbitrary<HostileRequest>> {
  const { customer, agent, cookie, formToken } = await senders(world);
  const methods = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', 'HEAD') },
    fc.constantFrom('TRACE', 'PURGE', 'PROPFIND', 'QUERY'),
  );
  const tokens = fc.constantFrom('', customer.token, agent, 'x.y.z');
  const accept = fc.constantFrom('application/vnd.api+json', 'text/html', '*/*', 'application/json');

  const toApi = fc
    .tuple(
      fc.constantFrom(...operations),
      tokens,
      tokens,
      accept,
      fc.option(escaped),
      fc.option(escaped),
      query,
      fc.boolean(),
      values,
      fc.nat(),
    )
    .map(([{ resource, operation }, token, agentToken, accepted, id, above, search, attributesAreOdd, value, at]) => {
      const parents = resource.parents.map(
        (parent) => `/${parent}/${above ?? encodeURIComponent(idOf(parent, customer))}`,
      );
      const own = id ?? encodeURIComponent(operation.at === 'mine' ? 'mine' : idOf(resource.type, customer));
      const given = Object.entries(attributesOf(nameOf(resource, operation), customer));
      if (attributesAreOdd && given.length > 0) given[at % given.length] = [given[at % given.length]?.[0] ?? '', value];
      const hasBody = operation.method === 'POST' || operation.method === 'PATCH';
      return {
        // Whoever erases the customer makes the rest dull.
        method: operation.method === 'DELETE' && resource.type === 'customers' ? 'GET' : operation.method,
        target: `${parents.join('')}/${resource.type}${operation.at === 'many' ? '' : `/${own}`}${search}`,
        headers: [
          ['Accept', accepted],
          ...(token ? [['Authorization', `Bearer ${token}`]] : []),
          ...(agentToken ? [['X-Agent-Authorization', `Bearer ${agentToken}`]] : []),
        ] as [string, string][],
        body: hasBody ? JSON.stringify({ data: { type: resource.type, attributes: Object.fromEntries(given) } }) : '',
      };
    });

  const toPages = fc
    .tuple(
      fc.constantFrom(...pageTargets),
      fc.boolean(),
      fc.boolean(),
      fc.array(strings, { minLength: 8, maxLength: 8 }),
      query,
    )
    .map(([[path, form, fields], signedIn, posts, texts, search]) => ({
      method: posts ? 'POST' : 'GET',
      target: path + search,
      headers: [
        ['Accept', 'text/html'],
        ...(signedIn ? [['Cookie', cookie]] : [['Cookie', cookie.replace(/session=[^;]*;?/, '')]]),
        ...(posts ? [['Content-Type', 'application/x-www-form-urlencoded']] : []),
      ] as [string, string][],
      body: posts
        ? new URLSearchParams([
            [`${form}[_token]`, formToken],
            ...fields.map((field, at): [string, string] => [`${form}[${field}]`, (texts[at] ?? '').toWellFormed()]),
          ]).toString()
        : '',
    }));

  const toOthers = fc
    .tuple(
      methods,
      fc.constantFrom(
        '/token',
        '/glue-storefront/token',
        '/glue-backend/token',
        '/glue-storefront/stores/',
        '/glue-backend/warehouse-tokens',
        '/glue-storefront/multi-factor-auth-types',
        '/glue-storefront/multi-factor-auth-type-activate',
        '/dev/mailbox/',
        '/docs/',
        '/health/',
        '/assets/',
        '/',
        '/DE/en/',
        '/customer/',
        '/customers/',
        '//',
        '*',
        'http://shop.test/login',
        '/DE/zz/login',
        '/health/ready',
        '/dev/mailbox.json',
      ),
      escaped,
      query,
      tokens,
      fc.oneof(
        fc
          .dictionary(
            fc.constantFrom('grant_type', 'grantType', 'username', 'password', 'refresh_token', 'type', 'code'),
            values,
          )
          .map((body) => JSON.stringify(body)),
        fc
          .array(
            fc.tuple(fc.constantFrom('grant_type', 'username', 'password', 'refresh_token', 'scope', 'type'), escaped),
            { maxLength: 5 },
          )
          .map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
        fc.constantFrom(
          'grant_type=password&username=%00&password=%ED%A0%80',
          'grant_type=refresh_token&refresh_token=%00',
          '{',
          '\0',
          '"\\ud800"',
        ),
      ),
    )
    .map(([method, path, rest, search, token, body]) => ({
      method,
      target: `${path}${path.endsWith('/') ? rest : ''}${search}`,
      headers: [
        ['Accept', '*/*'],
        ...(token ? [['Authorization', `Bearer ${token}`]] : []),
        ['Content-Type', body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded'],
      ] as [string, string][],
      body: method === 'GET' || method === 'HEAD' ? '' : body,
    }));

  return fc
    .tuple(
      fc.oneof({ weight: 3, arbitrary: toApi }, { weight: 2, arbitrary: toPages }, { weight: 2, arbitrary: toOthers }),
      oddHeaders,
    )
    .map(([request, odd]) => {
      // An odd header comes instead of a sound one, or, now and then, beside it.
      const names = new Set(odd.map(([name]) => name.toLowerCase()));
      const twice = odd.length === 4;
      const sound = request.headers.filter(([name]) => twice || !names.has(name.toLowerCase()));
      return {
        ...request,
        headers: [...sound, ...odd.map(([name, value]): [string, string] => [name, oneLine(value)])],
      };
    });
}

/** Sends a request as it is and returns the status and the beginning of the answer; undefined where the line was cut. */
export async function sendHostile(
  world: World,
  { method, target, headers, body }: HostileRequest,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(world.url);
  const payload = Buffer.from(body);
  const hasHost = headers.some(([name]) => name === 'Host');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(hasHost ? [] : ['Host: shop.test']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(payload.length > 0 ? [`Content-Length: ${payload.length}`] : []),
    'Connection: close',
  ];
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), payload]));
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text };
}
