import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { entriesAbout } from '../audit/index.ts';
import { registerCustomer, registerQuietly } from './index.ts';

// A registration is one statement with its audit entry and its mail: all of it is there, or nothing.

const world = useApp();

const jobsFor = (id: string) => world.sql("select name from pgboss.job where data ->> 'customerId' = $1", [id]);

test('a registration stores the customer, an entry in the audit log and a mail', async () => {
  const { id } = await registerCustomer(world.app, somebody());

  expect(await entriesAbout(world.app.db, id)).toMatchObject([
    { action: 'customers.registered', facts: { store: 'DE', state: 'unverified' } },
  ]);
  expect(await jobsFor(id)).toEqual([{ name: 'customers.send-confirmation' }]);
});

test('of registrations of one address at once one is stored, with one entry and one mail', async () => {
  const person = somebody();
  const [before] = await world.sql("select count(*) from audit_entry where action = 'customers.registered'");

  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => registerCustomer(world.app, person)));

  const stored = answers.filter((answer) => answer.status === 'fulfilled');
  expect(stored).toHaveLength(1);
  expect(await jobsFor(stored[0]?.value.id ?? '')).toHaveLength(1);
  const [after] = await world.sql("select count(*) from audit_entry where action = 'customers.registered'");
  expect(Number(after?.['count']) - Number(before?.['count'])).toBe(1);
});

test('an address with a tag that had too many emails stores nothing', async () => {
  const limit = world.app.config.MAILBOX_EMAILS_PER_HOUR;
  const address = (n: number) => `many+${n}@tags.example.org`;
  for (let n = 0; n < limit; n++) await registerCustomer(world.app, somebody({ email: address(n) }));

  await expect(registerCustomer(world.app, somebody({ email: address(limit) }))).rejects.toThrow(
    'throttle.rate-limited',
  );

  expect(await world.sql('select 1 from customer where email = $1', [address(limit)])).toEqual([]);
});

test('whoever registers a taken address over a silent door takes one number, as others do', async () => {
  const number = async () =>
    Number((await world.sql('select last_value from customer_reference_number'))[0]?.['last_value']);
  const { email } = await registerCustomer(world.app, somebody());
  await world.sql('update customer set verified_at = now() where email = $1', [email]);
  const before = await number();

  const taken = await registerQuietly(world.app, somebody({ email }));
  const free = await registerQuietly(world.app, somebody());

  expect(taken.reference).toBe(`DE--${before + 1}`);
  expect(free.reference).toBe(`DE--${before + 2}`);
});
