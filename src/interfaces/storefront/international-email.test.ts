import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { api, errorsOf, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer, linkToken, OTHER_PASSWORD, PASSWORD, registration, somebody } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { useImports } from '../../../test/imports.ts';
import { agent, agentToken, colleague } from '../../../test/staff.ts';
import { customerByEmail, registerCustomer } from '../../domain/customers/index.ts';
import { createStaffUser } from '../../domain/staff/index.ts';

const world = useApp();
const { loadLines } = useImports(world);
const run = useConsole(world);

let count = 0;
/** One mailbox in letters, as Chromium sends it, and as a person may type it. */
function spellings() {
  count += 1;
  return {
    letters: `ida.${count}@müller.example`,
    punycode: `ida.${count}@xn--mller-kva.example`,
    capitals: `IDA.${count}@MÜLLER.Example`,
  };
}

describe('an international domain is one account in letters and in Punycode', () => {
  test('at registration over the API and on the pages, and is shown in letters', async () => {
    const { letters, punycode, capitals } = spellings();

    const first = await api(world, 'POST', '/customers', { attributes: registration({ email: punycode }) });
    const again = await api(world, 'POST', '/customers', { attributes: registration({ email: capitals }) });

    expect([first.status, first.json.data.attributes.email]).toEqual([201, letters]);
    expect(errorsOf(again)).toEqual(['422/400']);
    await browser(world).submit('/register', 'registerForm', {
      salutation: 'Ms',
      first_name: 'Ida',
      last_name: 'Noor',
      email: letters,
      'password.pass': PASSWORD,
      'password.confirm': PASSWORD,
      accept_terms: '1',
    });
    const subjects = (await world.mails(letters)).map(({ subject }) => subject);
    // Both are written when they are sent, in the language of the newest registration.
    expect(subjects).toEqual(['Please confirm your email address', 'Please confirm your email address']);
  });

  test('at sign-in, resend and reset, on the pages and over the API', async () => {
    const { letters, punycode, capitals } = spellings();
    const { id } = await activeCustomer(world, { email: letters });

    for (const email of [letters, punycode, capitals]) {
      await expect(logIn(world, email)).resolves.toBeDefined();
      const answer = await browser(world).submit('/login', 'loginForm', { email, password: PASSWORD });
      expect([email, answer.status]).toEqual([email, 302]);
    }
    for (const email of [punycode, capitals]) {
      await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
      const token = await linkToken(world, letters);
      await browser(world).submit(`/password/restore?token=${token}`, 'restoreForm', {
        'password.pass': OTHER_PASSWORD,
        'password.confirm': OTHER_PASSWORD,
      });
      await expect(logIn(world, letters, OTHER_PASSWORD)).resolves.toBeDefined();
      expect(await customerByEmail(world.app.db, email)).toMatchObject({ id });
      await world.runJobs();
    }
  });

  test('in the profile: the address that Chromium sends back unchanged asks for nothing', async () => {
    const { letters, punycode } = spellings();
    await activeCustomer(world, { email: letters });
    const before = (await world.mails(letters)).length;
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email: punycode, password: PASSWORD });

    const { html } = await visitor.get('/customer/profile');
    const saved = await visitor.submit('/customer/profile', 'profileForm', {
      salutation: 'Ms',
      first_name: 'Ida',
      last_name: 'Moor',
      email: punycode,
    });

    expect(html).toContain(`value="${letters}"`);
    expect(saved.status).toBe(302);
    expect(await world.mails(letters)).toHaveLength(before);
    expect(await customerByEmail(world.app.db, letters)).toMatchObject({ lastName: 'Moor', email: letters });
  });

  test('for a change of address, over the API too', async () => {
    const { letters, punycode } = spellings();
    const taken = spellings();
    await activeCustomer(world, { email: taken.letters });
    const { email, reference } = await activeCustomer(world);
    const { accessToken: token } = await logIn(world, email);
    const change = (address: string) =>
      api(world, 'PATCH', `/customers/${reference}`, { token, attributes: { email: address } });

    expect(errorsOf(await change(taken.punycode))).toEqual(['422/400']);
    expect((await change(punycode)).status).toBe(200);
    const link = await linkToken(world, letters);
    await browser(world).submit(
      `/customer-data-change-request/change-email?verification_token=${link}`,
      'changeEmailForm',
      {},
    );

    expect((await customerByEmail(world.app.db, letters))?.email).toBe(letters);
  });

  test('in an import, whose second spelling is the same customer', async () => {
    const { letters, punycode, capitals } = spellings();
    const header = 'customer_reference,email,first_name,last_name';

    await loadLines('customer', header, `DE--70${count},${punycode},Ida,Noor`);
    const { rejections } = await loadLines(
      'customer',
      header,
      `DE--71${count},${capitals},Ida,Moor`,
      `DE--72${count},\u212aim@example.org,Kim,Moor`,
    );

    expect((await customerByEmail(world.app.db, letters))?.email).toBe(letters);
    expect(rejections.filter((text) => text.includes(' email '))).toHaveLength(2);
  });

  test('for agents and staff, who find a customer by any spelling and any part of one', async () => {
    const { letters, punycode, capitals } = spellings();
    const { reference } = await activeCustomer(world, { email: punycode });
    const { email } = await agent(world, { email: `agent.${count}@xn--mller-kva.example` });
    const { accessToken: token } = await agentToken(world, `agent.${count}@müller.example`);
    const found = async (text: string): Promise<string[]> => {
      const answer = await api(world, 'GET', `/agent-customer-search?q=${encodeURIComponent(text)}`, { token });
      return answer.json.data[0].attributes.customers.map(
        ({ customerReference }: Record<string, string>) => customerReference,
      );
    };

    expect(email).toBe(`agent.${count}@müller.example`);
    await expect(createStaffUser(world.app, colleague({ email }))).rejects.toThrow('staff.email-taken');
    for (const text of [
      letters,
      punycode,
      capitals,
      `ida.${count}@mül`,
      `ida.${count}@MÜLLER.ex`,
      `ida.${count}@xn--ml`,
    ])
      expect([text, await found(text)]).toEqual([text, [reference]]);
    expect(await found(`ida.${count}@mol`)).toEqual([]);
    expect(await found('müll')).toEqual([]);
  });

  test('for the console: by address and by a filter', async () => {
    const { punycode, capitals } = spellings();
    await activeCustomer(world, { email: punycode });

    expect((await run('customer:unblock', [capitals])).status).toBe(0);
    const { questions } = await run('customer:password:reset', [`--filter=email=ida.${count}@MÜLLER.*`]);
    expect(questions.join()).toMatch(/^1 customer/);
  });
});

describe('a letter that folds into an ASCII one is no letter of a mailbox', () => {
  const kelvin = '\u212aim@example.org';

  test('it is refused over the API and on the pages, and occupies no address', async () => {
    const registered = await api(world, 'POST', '/customers', { attributes: registration({ email: kelvin }) });
    const signedIn = await api(world, 'POST', '/access-tokens', {
      attributes: { username: kelvin, password: PASSWORD },
    });
    const page = await browser(world).submit('/password/forgotten', 'forgottenPassword', { email: kelvin });

    for (const { text } of [registered, signedIn])
      expect(text).toContain('=> This value is not a valid email address.","status":422,"code":"901"');
    expect(page.status).toBe(422);
    await expect(registerCustomer(world.app, somebody({ email: kelvin }))).rejects.toThrow('customers.email-invalid');
    await expect(registerCustomer(world.app, somebody({ email: 'kim@example.org' }))).resolves.toBeDefined();
  });

  test('it finds no account where addresses are not checked', async () => {
    const owner = await activeCustomer(world, { email: 'kai@example.org' });
    const { email } = await agent(world, { email: 'kurt@shop.example' });

    expect(await customerByEmail(world.app.db, owner.email.replace('k', '\u212a'))).toBeUndefined();
    await expect(agentToken(world, email.replace('k', '\u212a'))).rejects.toThrow('401');
    expect((await run('customer:unblock', ['\u212aai@example.org'])).status).toBe(1);
  });
});

test('keys that were made before are made anew; an account that nothing can be mailed to gives its address free', async () => {
  const old = async (email: string, key: string) => {
    const { id } = await activeCustomer(world);
    await world.sql('update customer set email = $2, email_key = $3 where id = $1', [id, email, key]);
    return id;
  };
  const constraints = ['customer', 'staff_user', 'availability_subscription'];
  for (const table of constraints) await world.sql(`alter table ${table} drop constraint ${table}_email_key_ascii`);
  const domains = ['müller.example', 'straße.example', '例え.jp', 'bücher-café.köln', 'президент.рф', 'a.ß.b.example'];
  const ids = await Promise.all(domains.map((domain) => old(`Old@${domain}`, `old@${domain}`)));
  const plain = await old('Plain@example.org', 'plain@example.org');
  const occupier = await old('\u212aen@example.org', 'ken@example.org');

  await world.sql(await readFile(new URL('../../../migrations/0017_email_keys.sql', import.meta.url), 'utf8'));

  for (const [at, domain] of domains.entries())
    expect([domain, await customerByEmail(world.app.db, `old@${domain}`)]).toMatchObject([domain, { id: ids[at] }]);
  expect(await customerByEmail(world.app.db, 'plain@example.org')).toMatchObject({ id: plain });
  expect(await customerByEmail(world.app.db, 'ken@example.org')).toBeUndefined();
  expect(await world.sql('select email_key from customer where id = $1', [occupier])).toEqual([
    { email_key: occupier },
  ]);
});
