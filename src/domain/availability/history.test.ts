import { describe, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { entriesAbout } from '../audit/index.ts';
import { anonymizeCustomer } from '../customers/index.ts';
import { subscribe, unsubscribe } from './index.ts';

const world = useApp();

const subscription = (customerId: string | null, email: string, sku = 'sku') => ({
  sku,
  email,
  customerId,
  store: 'DE',
  locale: 'de_DE',
});
const history = async (customerId: string) =>
  (await entriesAbout(world.app.db, customerId))
    .filter(({ action }) => action.startsWith('availability.'))
    .map(({ action, facts, changes }) => ({ action, facts, changes }));
const subscriptionsWith = (email: string) =>
  world.sql('select sku, customer_id from availability_subscription where email_key = lower($1)', [email]);

describe('the audit log', () => {
  test('says what a customer subscribed to and when that ended, and not with which address', async () => {
    const { id, email } = await activeCustomer(world);

    const { key } = await subscribe(world.app, subscription(id, email));
    await unsubscribe(world.app, key);

    expect(await history(id)).toEqual([
      { action: 'availability.unsubscribed', facts: {}, changes: null },
      { action: 'availability.subscribed', facts: { fields: ['sku'] }, changes: { sku: [null, 'sku'] } },
    ]);
  });

  test('says nothing of what is refused', async () => {
    const { id, email } = await activeCustomer(world);
    await subscribe(world.app, subscription(id, email));
    const before = await world.sql('select count(*) from audit_entry');

    await expect(subscribe(world.app, subscription(id, email))).rejects.toThrow('availability.already-subscribed');
    await expect(subscribe(world.app, subscription(id, email, 'x'.repeat(256)))).rejects.toThrow(
      'availability.product-unknown',
    );
    await expect(unsubscribe(world.app, '0'.repeat(32))).rejects.toThrow('availability.not-subscribed');

    expect(await world.sql('select count(*) from audit_entry')).toEqual(before);
  });

  test('says nothing of visitors, of whom there is nobody to tell', async () => {
    const before = await world.sql('select count(*) from audit_entry');

    await unsubscribe(world.app, (await subscribe(world.app, subscription(null, 'visitor@example.org'))).key);

    expect(await world.sql('select count(*) from audit_entry')).toEqual(before);
  });
});

describe('an erased person', () => {
  test('waits for nothing, with no address; others do', async () => {
    const { id, email } = await activeCustomer(world);
    const neighbour = await activeCustomer(world);
    await subscribe(world.app, subscription(id, email));
    await subscribe(world.app, subscription(id, `elsewhere.${email}`, 'sku_2'));
    await subscribe(world.app, subscription(neighbour.id, neighbour.email));

    await anonymizeCustomer(world.app, id);

    expect(await subscriptionsWith(email)).toEqual([]);
    expect(await subscriptionsWith(`elsewhere.${email}`)).toEqual([]);
    expect(await subscriptionsWith(neighbour.email)).toHaveLength(1);
  });

  test('is forgotten by what they subscribed to without having logged in', async () => {
    const { id, email } = await activeCustomer(world);
    await subscribe(world.app, subscription(null, email.toUpperCase()));

    await anonymizeCustomer(world.app, id);

    expect(await subscriptionsWith(email)).toEqual([]);
  });

  test('gets no subscription from a request that was on its way', async () => {
    const { id, email } = await activeCustomer(world);
    await anonymizeCustomer(world.app, id);

    await subscribe(world.app, subscription(id, email)).catch(() => undefined);

    expect(await subscriptionsWith(email)).toEqual([]);
  });
});
