import { beforeAll, expect, test, vi } from 'vitest';
import { api, logIn } from '../test/api.ts';
import { useApp } from '../test/app.ts';
import { browser } from '../test/browser.ts';
import { activeCustomer, berlin, linkToken } from '../test/builders.ts';
import { useConsole } from '../test/console.ts';
import { useLogged } from '../test/logged.ts';
import { agent, agentToken } from '../test/staff.ts';
import { openLog } from './platform/log.ts';

// What a customer types, typed wherever one can type: right and wrong fields, paths, queries, headers, broken bodies.

const quiet = useApp();
const { world, lines } = useLogged(quiet, (write) => openLog({ LOG_LEVEL: 'trace' }, { write }));

/** Apart from others in this database; letters only, as names have no digits in a row. */
const word = `Quillfeather`;
const person = {
  email: `${word}.mail@example.org`.toLowerCase(),
  firstName: `${word}first`,
  lastName: `${word}last`,
  password: `${word}-Pass-7-Word!`,
  phone: '+49 555 0142 7788',
  address1: `${word}street`,
  code: `${word}code`,
  token: `${word}token`.padEnd(43, 'x'),
};
const typed = Object.values(person);
/** As they would be found: as typed, or as a URL has them. */
const traces = [word, '555 0142 7788', '555%200142', '555+0142'].map((text) => text.toLowerCase());
const found = (texts: readonly string[]) =>
  texts.filter((text) => traces.some((trace) => text.toLowerCase().includes(trace)));

const profile = {
  salutation: 'Ms',
  gender: 'Female',
  firstName: person.firstName,
  lastName: person.lastName,
  email: person.email,
  password: person.password,
  confirmPassword: person.password,
  acceptedTerms: true,
};

async function register(): Promise<{ reference: string; id: string }> {
  const { json, text } = await api(world, 'POST', '/customers', { attributes: profile });
  expect(json.data?.id, text).toBeTypeOf('string');
  const registrationKey = await linkToken(world, person.email);
  await api(world, 'POST', '/customer-confirmation', { attributes: { registrationKey } });
  const [row] = await world.sql('select id from customer where email_key = $1', [person.email]);
  return { reference: json.data.id, id: String(row?.['id']) };
}

let customer: { reference: string; id: string };
let accessToken: string;
beforeAll(async () => {
  customer = await register();
  ({ accessToken } = await logIn(world, person.email, person.password));
});

test('nothing typed is in the log: in the right fields of the API', async () => {
  const { reference } = customer;
  const call = (method: string, path: string, attributes: object) =>
    api(world, method, path, { token: accessToken, attributes });
  await call('POST', `/customers/${reference}/addresses`, {
    ...berlin,
    firstName: person.firstName,
    address1: person.address1,
    phone: person.phone,
    isDefaultShipping: false,
    isDefaultBilling: false,
  });
  await call('PATCH', `/customers/${reference}`, { firstName: person.firstName, email: `new.${person.email}` });
  await call('PATCH', `/customer-password/${reference}`, {
    password: person.token,
    newPassword: person.password,
    confirmPassword: person.code,
  });
  await call('POST', '/access-tokens', { username: person.email, password: person.token });
  await call('POST', '/customer-forgotten-password', { email: person.email });
  await world.runJobs();

  expect(found(lines)).toEqual([]);
});

test('in every wrong place of the API', async () => {
  const paths = ['/customers', '/access-tokens', '/customer-confirmation', '/refresh-tokens', '/agent-access-tokens'];
  const everything = Object.fromEntries([
    ...typed.map((text) => [text, text]),
    ...Object.keys({ ...profile, username: 0, refreshToken: 0, registrationKey: 0, customerReference: 0 }).map(
      (name, at) => [name, typed[at % typed.length]],
    ),
  ]);
  const headers = (text: string): Record<string, string> => ({
    Authorization: `Bearer ${text}`,
    'X-Agent-Authorization': `Bearer ${text}`,
    'X-MFA-Code': text,
    'Accept-Language': text,
    'User-Agent': text,
    Store: text,
    Cookie: `session=${text}; device=${text}; form=${text}; notice=${text}`,
    'X-Forwarded-For': text,
    Origin: `https://${text}.example`,
    Referer: `https://shop.test/?${text}`,
  });
  const calls: Promise<unknown>[] = [];
  for (const path of paths) {
    calls.push(api(world, 'POST', path, { attributes: everything }));
    for (const text of typed) {
      const escaped = encodeURIComponent(text);
      calls.push(
        api(world, 'POST', path, { body: `{"data":{"type":"customers","attributes":{"email":"${text}" "${text}` }),
        api(world, 'GET', `${path}/${escaped}?${escaped}=${escaped}&page[offset]=${escaped}&include=${escaped}`),
        api(world, 'DELETE', `/customers/${escaped}/addresses/${escaped}`, { token: accessToken }),
        api(world, 'GET', `/${escaped}/${escaped}`, { headers: { 'X-MFA-Code': text, Store: text } }),
      );
      for (const [name, value] of Object.entries(headers(text)))
        calls.push(api(world, 'GET', '/customers', { headers: { [name]: value } }));
    }
  }
  calls.push(
    api(world, 'POST', '/customers', { body: person.password.repeat(20_000) }),
    ...['/token', '/glue-storefront/token', '/glue-backend/token'].map((path) =>
      fetch(world.url + path, {
        method: 'POST',
        body: new URLSearchParams({ ...person, grant_type: person.password }),
      }),
    ),
  );
  await Promise.all(calls);

  expect(found(lines)).toEqual([]);
});

test('on the pages', async () => {
  const shopper = browser(world, { 'User-Agent': 'Mozilla/5.0' });
  const fields = (form: string) =>
    Object.fromEntries(
      ['email', 'password', 'first_name', 'code', 'token'].map((name, at) => [`${form}[${name}]`, typed[at] ?? '']),
    );
  for (const [path, form] of [
    ['/login_check', 'loginForm'],
    ['/register', 'registerForm'],
    ['/password/forgotten', 'forgottenPassword'],
    ['/password/restore', 'restoreForm'],
    ['/register/confirm', 'confirmForm'],
    ['/register/resend', 'resendForm'],
    ['/customer/profile', 'profileForm'],
  ] as const) {
    await shopper.post(path, fields(form));
    await shopper.get(`${path}/${person.lastName}?token=${person.token}&${person.email}`);
    await shopper.submit(path, form, { email: person.email, password: person.token, first_name: person.firstName });
  }
  await shopper.submit('/login', 'loginForm', { email: person.email, password: person.token });
  await shopper.submit('/login', 'loginForm', { email: person.token, password: person.email });
  await shopper.submit('/login', 'loginForm', { email: person.email, password: person.password });
  await shopper.submit('/customer/profile', 'profileForm', {
    first_name: person.firstName,
    last_name: `<${person.lastName}>`,
    email: person.email,
  });
  await shopper.get('/customer/overview');

  expect(found(lines)).toEqual([]);
});

test('with a database that refuses it, and a mail server that repeats it', async () => {
  await world.sql(`alter table customer add constraint refusing check (first_name <> '${word}refused') not valid`);
  const refused = await api(world, 'PATCH', `/customers/${customer.reference}`, {
    token: accessToken,
    attributes: { firstName: `${word}refused` },
  });
  expect(refused.status).toBe(500);
  await api(world, 'POST', '/customers', {
    attributes: { ...profile, email: `other.${person.email}`, firstName: `${word}refused` },
  });
  await world.sql('alter table customer drop constraint refusing');
  const sending = vi
    .spyOn(world.app.mailer, 'send')
    .mockRejectedValue(Object.assign(new Error(`550 <${person.email}> ${person.email} unknown`), { response: word }));
  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email: person.email } });
  await world.runJobs();
  sending.mockRestore();
  expect(lines.some((line) => line.includes('request failed'))).toBe(true);
  expect(lines.some((line) => line.includes('job failed'))).toBe(true);

  expect(found(lines)).toEqual([]);
});

test('on the console', async () => {
  const run = useConsole(world);
  for (const name of ['customer:unblock', 'customer:lock', 'customer:unlock', 'user:unblock'])
    for (const text of typed) await run(name, [text]).catch(() => undefined);

  expect(found(lines)).toEqual([]);
});

test('by an agent who looks for it', async () => {
  const { accessToken: token } = await agentToken(world, (await agent(world)).email);
  for (const text of typed) {
    await api(world, 'GET', `/agent-customer-search?q=${encodeURIComponent(text)}`, { token });
    await api(world, 'POST', '/agent-customer-impersonation-access-tokens', {
      token,
      attributes: { customerReference: text, reason: text },
    });
  }

  expect(found(lines)).toEqual([]);
});

test('it is in no line of the log', () => {
  expect(lines.length).toBeGreaterThan(400);
  expect(found(lines)).toEqual([]);
});

test('it is in those tables alone that are there for it, and of secrets in none', async () => {
  await world.sql('delete from mailbox');
  const tables =
    await world.sql(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`);
  const holding: Record<string, string[]> = {};
  for (const { name } of tables)
    for (const [what, text] of Object.entries(person)) {
      const rows = await world.sql(
        `select 1 from ${String(name)} t where position(lower($1) in lower(t::text)) > 0 limit 1`,
        [text],
      );
      if (rows.length > 0) holding[String(name)] = [...(holding[String(name)] ?? []), what];
    }

  const allowed = new Set(['public.audit_values', 'public.customer', 'public.customer_address', 'public.link']);
  expect(holding['public.customer']).toEqual(['email', 'firstName', 'lastName']);
  expect(Object.keys(holding).filter((table) => !allowed.has(table))).toEqual([]);
  const secrets = new Set(['password', 'code', 'token']);
  expect(
    Object.values(holding)
      .flat()
      .filter((what) => secrets.has(what)),
  ).toEqual([]);
});

test('it is in nobody else\u2019s emails and answers', async () => {
  const stranger = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, stranger.email);
  const answers = await Promise.all(
    ['/customers', `/customers/${stranger.reference}`, '/orders', '/access-tokens'].map((path) =>
      api(world, 'GET', path, { token }),
    ),
  );
  const mails = (await world.mails()).filter(({ to }) => !to.includes(word.toLowerCase()));

  expect(found(answers.map(({ text }) => text))).toEqual([]);
  expect(found(mails.map((mail) => JSON.stringify(mail)))).toEqual([]);
});
