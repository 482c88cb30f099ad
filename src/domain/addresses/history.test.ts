import { describe, expect, test } from 'vitest';
import { api, logIn } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { entriesAbout } from '../audit/index.ts';
import { anonymizeCustomer } from '../customers/index.ts';
import { addAddress, addressesOf, editAddress, removeAddress } from './index.ts';

const world = useApp();

const details = {
  salutation: 'Ms',
  firstName: 'Ida',
  lastName: 'Noor',
  company: null,
  address1: 'Quellenweg',
  address2: '3',
  address3: null,
  zipCode: '10115',
  city: 'Berlin',
  region: null,
  country: 'DE',
  phone: null,
  comment: null,
};

/** What the audit log says of a customer's addresses, newest first. */
const history = async (customerId: string) =>
  (await entriesAbout(world.app.db, customerId)).filter(({ action }) => action.startsWith('addresses.'));

describe('the audit log', () => {
  test('says which address was added, and what stood in it', async () => {
    const { id: customerId } = await activeCustomer(world);

    const { id } = await addAddress(world.app, customerId, details);

    const filled = Object.entries(details).filter(([, value]) => value !== null);
    expect(await history(customerId)).toMatchObject([
      {
        action: 'addresses.added',
        facts: { address: id, fields: filled.map(([field]) => field) },
        changes: Object.fromEntries(filled.map(([field, value]) => [field, [null, value]])),
      },
    ]);
  });

  test('says which fields were changed, from what to what, and nothing of the others', async () => {
    const { id: customerId } = await activeCustomer(world);
    const { id } = await addAddress(world.app, customerId, details);

    await editAddress(world.app, customerId, id, { firstName: 'Ida', city: 'Jena', phone: '1', address2: null });

    const [entry] = await history(customerId);
    expect(entry).toMatchObject({
      action: 'addresses.edited',
      facts: { address: id, fields: ['city', 'phone', 'address2'] },
    });
    expect(entry?.changes).toEqual({ city: ['Berlin', 'Jena'], phone: [null, '1'], address2: ['3', null] });
  });

  test('says which address was removed', async () => {
    const { id: customerId } = await activeCustomer(world);
    const { id } = await addAddress(world.app, customerId, details);

    await removeAddress(world.app, customerId, id);

    expect(await history(customerId)).toMatchObject([
      { action: 'addresses.removed', facts: { address: id } },
      { action: 'addresses.added' },
    ]);
  });

  test('says that another address became the default', async () => {
    const { id: customerId } = await activeCustomer(world);
    await addAddress(world.app, customerId, details);
    const { id } = await addAddress(world.app, customerId, details);
    const before = (await history(customerId)).length;

    await editAddress(world.app, customerId, id, { isDefaultBilling: true });

    expect((await history(customerId)).length).toBeGreaterThan(before);
  });

  test('says nothing of a change that changes nothing, nor of one that is refused', async () => {
    const { id: customerId } = await activeCustomer(world);
    const other = await activeCustomer(world);
    const { id } = await addAddress(world.app, customerId, details);
    const before = await history(customerId);

    await editAddress(world.app, customerId, id, { city: 'Berlin' });
    await expect(editAddress(world.app, other.id, id, { city: 'Jena' })).rejects.toThrow('addresses.not-found');
    await expect(removeAddress(world.app, other.id, id)).rejects.toThrow('addresses.not-found');

    expect(await history(customerId)).toEqual(before);
    expect(await history(other.id)).toEqual([]);
  });

  test('names the customer who did it over the API', async () => {
    const { id: customerId, reference, email } = await activeCustomer(world);
    const { accessToken: token } = await logIn(world, email);
    const { country, region, comment, ...rest } = details;
    const list = `/customers/${reference}/addresses`;
    const attributes = { ...rest, iso2Code: country, region, comment, isDefaultBilling: null, isDefaultShipping: null };

    const { json } = await api(world, 'POST', list, { token, attributes });
    const path = `${list}/${json.data.id}`;
    await api(world, 'PATCH', path, { token, body: { data: { type: 'addresses', attributes: { city: 'Jena' } } } });
    await api(world, 'DELETE', path, { token });

    expect(await history(customerId)).toMatchObject(
      ['addresses.removed', 'addresses.edited', 'addresses.added'].map((action) => ({
        action,
        actor: 'customer',
        actorId: customerId,
        door: 'storefront-api',
      })),
    );
  });
});

describe('an erased person', () => {
  test('has no address left, and no value of one in the audit log', async () => {
    const { id } = await activeCustomer(world);
    const neighbour = await activeCustomer(world);
    await addAddress(world.app, neighbour.id, details);
    const address = await addAddress(world.app, id, { ...details, address1: 'Xylophonstraße', comment: 'rings twice' });
    await editAddress(world.app, id, address.id, { address1: 'Yachthafen' });

    await anonymizeCustomer(world.app, id);

    expect(await world.sql('select 1 from customer_address where customer_id = $1', [id])).toEqual([]);
    expect(await addressesOf(world.app.db, neighbour.id)).toHaveLength(1);
    const entries = await history(id);
    expect(entries.map(({ action }) => action)).toEqual(['addresses.edited', 'addresses.added']);
    expect(JSON.stringify(entries)).not.toMatch(/Xylophon|Yachthafen|rings/);
  });

  test('gets no new one, not even from a request that was on its way', async () => {
    const { id, reference, email } = await activeCustomer(world);
    const { accessToken: token } = await logIn(world, email);
    const { country, region, comment, ...rest } = details;
    const attributes = { ...rest, iso2Code: country, region, comment, isDefaultBilling: null, isDefaultShipping: null };
    const add = () => api(world, 'POST', `/customers/${reference}/addresses`, { token, attributes });

    const answers = await Promise.all([
      ...Array.from({ length: 5 }, add),
      api(world, 'DELETE', `/customers/${reference}`, { token }),
      ...Array.from({ length: 5 }, add),
    ]);

    expect(answers.filter(({ status }) => ![201, 204, 401, 404].includes(status))).toEqual([]);
    expect(await world.sql('select 1 from customer_address where customer_id = $1', [id])).toEqual([]);
    await expect(addAddress(world.app, id, details)).rejects.toMatchObject({ kind: { status: 404 } });
    expect(await world.sql('select 1 from customer_address where customer_id = $1', [id])).toEqual([]);
  });
});
