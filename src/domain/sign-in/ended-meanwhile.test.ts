import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD, somebody } from '../../../test/builders.ts';
import { agent } from '../../../test/staff.ts';
import { addAddress } from '../addresses/index.ts';
import { impersonate } from '../agents/index.ts';
import { subscribe } from '../availability/index.ts';
import { changePassword } from '../credentials/index.ts';
import { editProfile, requestEmailChange } from '../customers/index.ts';
import { beginMfa, challengeMfa, mfaNotSent } from '../mfa/index.ts';
import { grantStaff } from '../staff/index.ts';
import { signInStaffForTokens, unblockStaff } from './index.ts';

// What a request was let in for counts no more when its log-in was ended before it came to write.

const world = useApp();

test.for<[change: string, work: (app: typeof world.app, id: string) => Promise<unknown>]>([
  ['another address is asked for', (app, id) => requestEmailChange(app, id, `thief.${id}@example.org`)],
  ['the profile is edited', (app, id) => editProfile(app, id, { lastName: 'Thief' })],
  ['a second factor is begun', (app, id) => beginMfa(app, { kind: 'customer', id }, 'email', undefined)],
  [
    'an address is added',
    (app, id) =>
      addAddress(app, id, {
        salutation: null,
        company: null,
        address3: null,
        region: null,
        phone: null,
        comment: null,
        firstName: 'Ida',
        lastName: 'Noor',
        address1: 'A',
        address2: '1',
        zipCode: '10115',
        city: 'Berlin',
        country: 'DE',
      }),
  ],
])('after a change of password, with a token from before, nothing happens when %s', async ([, work]) => {
  const { id } = await activeCustomer(world);
  const origin = { door: 'storefront-api', actor: 'customer', actorId: id, issuedAt: world.app.now() } as const;

  await changePassword(world.app, { customerId: id, current: PASSWORD, next: 'Another-Horse-8-Battery' });

  await expect(work({ ...world.app, origin }, id)).rejects.toThrow('tokens.access-token-invalid');
  expect(await world.sql("select 1 from link where customer_id = $1 and kind = 'email-change'", [id])).toEqual([]);
});

test('an agent who is blocked while they ask for a customer gets nothing', async () => {
  const { reference } = await activeCustomer(world);
  const known = await agent(world);
  const asking = { ...world.app, origin: { ...world.app.origin, issuedAt: world.app.now() } };

  await grantStaff(world.app, known.email, { state: 'blocked' });
  await expect(impersonate(asking, known, reference, undefined)).rejects.toThrow('agents.impersonation-refused');

  await grantStaff(world.app, known.email, { state: 'active' });
  await expect(impersonate(asking, known, reference, undefined)).rejects.toThrow('agents.impersonation-refused');
});

describe('limits that nobody else can use up', () => {
  test('a staff user is not blocked through the customers’ doors, and staff can be let in again', async () => {
    const { email } = await agent(world);
    const form = (username: string) => new URLSearchParams({ grant_type: 'password', username, password: 'wrong' });
    for (const username of [`staff ${email}`, `\u0000staff ${email}`, email])
      for (let at = 0; at < 10; at++) await fetch(`${world.url}/token`, { method: 'POST', body: form(username) });
    const login = () => signInStaffForTokens(world.app, { email, password: PASSWORD, door: 'agent' });
    await expect(login()).resolves.toBeDefined();

    for (let at = 0; at < 9; at++)
      await expect(signInStaffForTokens(world.app, { email, password: 'wrong', door: 'agent' })).rejects.toThrow(
        'sign-in.refused',
      );
    await expect(login()).rejects.toThrow('throttle.too-many-attempts');
    await unblockStaff(world.app, email);

    await expect(login()).resolves.toBeDefined();
  });

  test('fifty codes a day are all that anybody gets', async () => {
    const { id } = await activeCustomer(world);
    const owner = { kind: 'customer', id } as const;
    await beginMfa(world.app, owner, 'email', undefined);
    await world.sql("update mfa_method set state = 'activated' where owner_id = $1", [id]);

    let sent = 1;
    for (let at = 0; at < 60; at++) {
      world.now = new Date(world.now.getTime() + 600_000);
      try {
        await challengeMfa(world.app, owner, 'email');
        sent += 1;
      } catch (error) {
        if (!mfaNotSent.is(error)) throw error;
      }
    }

    expect(sent).toBe(50);
  });

  test('an address waits for a hundred products an hour', async () => {
    const { email } = somebody();
    const names = { email, customerId: null, store: 'DE', locale: 'en_US' };
    for (let at = 0; at < 100; at++) await subscribe(world.app, { ...names, sku: `sku-${at}` });
    await expect(subscribe(world.app, { ...names, sku: 'one more' })).rejects.toThrow('availability.refused');

    const answer = await api(world, 'POST', '/availability-notifications', { attributes: { sku: 'other', email } });
    expect([answer.status, answer.json.errors[0].code]).toEqual([422, '4604']);
  });
});
