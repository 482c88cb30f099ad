import { expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, berlin, linkToken, PASSWORD } from '../../../test/builders.ts';
import { useConsole } from '../../../test/console.ts';
import { confirmRegistration, resetPassword } from '../../domain/credentials/index.ts';
import { anonymizeCustomer, lockAccount } from '../../domain/customers/index.ts';

const world = useApp();
const run = useConsole(world);
let count = 0;

const newEmail = () => `created${++count}@console-accounts.org`;
const names = ['--first-name=Ada', '--last-name=Moor'];

const storedOf = async (email: string) =>
  (await world.sql('select * from customer where email_key = lower($1)', [email]))[0];

test('customer:create invites a customer, who chooses a password and can sign in', async () => {
  const email = newEmail();

  const { status, text } = await run('customer:create', [email, ...names]);

  expect(status).toBe(0);
  expect(text).toMatch(/^DE--\d+ is created, invited\. An invitation to choose a password is queued\.$/);
  await world.runJobs();
  expect(await world.mails(email)).toHaveLength(1);
  await resetPassword(world.app, await linkToken(world, email), PASSWORD);
  await logIn(world, email);
});

test('customer:create takes every field of a profile', async () => {
  const email = newEmail();

  const { status } = await run('customer:create', [
    email,
    ...names,
    '--salutation=Dr',
    '--gender=Female',
    '--date-of-birth=1990-12-31',
    '--phone=+49 30 1',
    '--company=Moor & Sons',
    '--newsletter',
    '--store=US',
    '--locale=en_US',
  ]);

  expect(status).toBe(0);
  expect(await storedOf(email)).toMatchObject({
    salutation: 'Dr',
    first_name: 'Ada',
    last_name: 'Moor',
    gender: 'Female',
    phone: '+49 30 1',
    company: 'Moor & Sons',
    newsletter: true,
    store: 'US',
    locale: 'en_US',
    verified_at: null,
    terms_accepted_at: null,
  });
});

test('customer:create --password-stdin mails a confirmation link; the password is nowhere to be read', async () => {
  const email = newEmail();

  const { text } = await run('customer:create', [email, ...names, '--password-stdin'], { input: `${PASSWORD}\n` });

  expect(text).toMatch(/is created, unverified\. An email that asks to confirm the address is queued\.$/);
  await world.runJobs();
  await confirmRegistration(world.app, await linkToken(world, email));
  await logIn(world, email);
  const written = [text, await world.sql('select * from audit_entry'), await world.sql('select * from pgboss.job')];
  expect(JSON.stringify(written)).not.toContain(PASSWORD);
});

test('customer:create --confirmed needs no confirmation; --json is for programs', async () => {
  const email = newEmail();

  const { text } = await run('customer:create', [email, ...names, '--password-stdin', '--confirmed', '--json'], {
    input: PASSWORD,
  });

  expect(JSON.parse(text)).toMatchObject({ email, state: 'active', reference: expect.stringMatching(/^DE--/) });
  await logIn(world, email);
});

test('customer:create leaves an entry in the audit log that names nobody', async () => {
  const email = newEmail();
  await run('customer:create', [email, ...names]);

  const entries = await world.sql('select * from audit_entry where customer_id = $1', [
    (await storedOf(email))?.['id'],
  ]);

  expect(entries).toMatchObject([{ action: 'customers.created', facts: { store: 'DE', state: 'invited' } }]);
  expect(JSON.stringify(entries)).not.toMatch(/Ada|created\d+@/);
});

test('customer:create names the customer who has the email address, in any letter case', async () => {
  const { email, reference } = await activeCustomer(world);

  const { status, text } = await run('customer:create', [email.toUpperCase(), ...names]);

  expect({ status, text }).toEqual({
    status: 1,
    text: `There is a customer with this email address already: ${reference}.`,
  });
});

test('customer:create refuses a password that the policy refuses, and creates nobody', async () => {
  const email = newEmail();

  const { status, text } = await run('customer:create', [email, ...names, '--password-stdin'], { input: 'short' });

  expect(status).toBe(1);
  expect(text).toMatch(/^The password will not do\. /);
  expect(await storedOf(email)).toBeUndefined();
});

test.for([
  [[], /^Whom\? See/],
  [['x@example.org'], /^--first-name: is needed\n--last-name: is needed$/],
  [['x@example.org', '--first-name=http://', '--last-name=Moor'], /^--first-name: must have 1 to 100 characters/],
  [['x@example.org', '--first-name=\u200b', '--last-name=Moor'], /^--first-name: must have/],
  [['nobody', ...names], /^EMAIL: must be an email address/],
  [[`${'x'.repeat(100)}@example.org`, ...names], /^EMAIL: must (not have more than 100|be an email)/],
  [['x@example.org', ...names, '--store=DEE'], /^--store: there is no store DEE\. There is: .*Did you mean DE\?$/],
  [['x@example.org', ...names, '--locale=xx_XX'], /^--locale: the store DE has /],
  [['x@example.org', ...names, '--salutation=Sir'], /^--salutation: must be one of Mr, /],
  [['x@example.org', ...names, '--gender=f'], /^--gender: must be one of Male, Female$/],
  [['x@example.org', ...names, '--date-of-birth=1990-02-30'], /^--date-of-birth: must be a day/],
  [['x@example.org', ...names, `--phone=${'1'.repeat(256)}`], /^--phone: must not have more than 255/],
  [['x@example.org', ...names, '--company= '], /^--company: must not be blank$/],
  [['x@example.org', ...names, '--password=x'], /^There is no option --password of customer:create\./],
] as const)('customer:create %j is a wrong call', async ([args, reason]) => {
  const { status, text } = await run('customer:create', args);

  expect(status).toBe(2);
  expect(text).toMatch(reason);
  expect(text).not.toMatch(/Invalid|✖|→/);
  expect(await storedOf('x@example.org')).toBeUndefined();
});

test('customer:show says what staff ask about, by reference and by address', async () => {
  const customer = await activeCustomer(world);
  const { accessToken: token } = await logIn(world, customer.email);
  await api(world, 'POST', `/customers/${customer.reference}/addresses`, { token, attributes: berlin });

  const { status, text } = await run('customer:show', [customer.reference]);

  expect(status).toBe(0);
  expect(text).toMatch(new RegExp(`^${customer.reference} is active\\.\n`));
  expect(text).toMatch(new RegExp(`^  email +${customer.email}$`, 'm'));
  expect(text).toMatch(/^ {2}confirmed +2\d{3}-\d\d-\d\d /m);
  expect(text).toMatch(/^ {2}name +Ms Ida Noor$/m);
  expect(text).toMatch(/^ {2}password +set$/m);
  expect(text).toMatch(/^ {2}blocked until +not blocked/m);
  expect(text).toMatch(/^ {2}last sign-in +2\d{3}-/m);
  expect(text).toMatch(/^ {2}addresses +1$/m);
  expect(text).toMatch(/^ {2}orders +0$/m);
  expect((await run('customer:show', [customer.email.toUpperCase()])).text).toBe(text);
});

test('customer:show tells failed sign-ins from a lock by staff', async () => {
  const { id, email } = await activeCustomer(world);
  for (let attempt = 1; attempt <= 12; attempt++) await logIn(world, email, 'wrong').catch(() => undefined);
  const blocked = JSON.parse((await run('customer:show', [email, '--json'])).text);
  await lockAccount(world.app, id);
  const locked = JSON.parse((await run('customer:show', [email, '--json'])).text);

  expect(blocked).toMatchObject({ state: 'active', lockedAt: null, lockedOutUntil: expect.stringMatching(/^2\d{3}-/) });
  expect(locked).toMatchObject({ state: 'locked', lockedAt: expect.stringMatching(/^2\d{3}-/) });
});

test('customer:show --json has the companies and no secret', async () => {
  const { id, email } = await activeCustomer(world);
  await world.sql(
    `with made as (insert into company (id, name, is_active, created_at, updated_at) values (gen_random_uuid(), 'Spice', true, now(), now()) returning id)
     insert into company_user (id, company_id, customer_id, created_at) select gen_random_uuid(), id, $1, now() from made`,
    [id],
  );

  const { text } = await run('customer:show', [email, '--json']);

  expect(JSON.parse(text)).toMatchObject({
    id,
    email,
    hasPassword: true,
    isImported: false,
    secondFactors: [],
    companies: [{ company: 'Spice', unit: null, isActive: true, roles: [] }],
  });
  expect(text).not.toContain(String((await storedOf(email))?.['password_hash']));
});

test('customer:show prints no control character that a customer typed', async () => {
  const { id, reference } = await activeCustomer(world);
  await world.sql(`update customer set company = E'\\u001b[31mred\\nnext' where id = $1`, [id]);

  expect((await run('customer:show', [reference])).text).toMatch(/^ {2}company +�\[31mred�next$/m);
});

test('every look at a customer is in the audit log, and names nobody', async () => {
  const { id, email } = await activeCustomer(world);
  await run('customer:show', [email]);

  const entries = await world.sql(`select * from audit_entry where customer_id = $1 and action = 'customers.viewed'`, [
    id,
  ]);

  expect(entries).toHaveLength(1);
  expect(JSON.stringify(entries)).not.toContain(email);
});

test('customer:show finds nobody who is not there or was anonymized', async () => {
  const { id, email, reference } = await activeCustomer(world);
  await anonymizeCustomer(world.app, id);

  expect(await run('customer:show')).toMatchObject({ status: 2, text: expect.stringMatching(/^Which customer\?/) });
  for (const who of [email, reference, 'XX--99'])
    expect(await run('customer:show', [who])).toMatchObject({ status: 1, text: `There is no customer ${who}.` });
});
