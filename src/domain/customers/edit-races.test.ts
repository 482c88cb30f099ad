import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { activeCustomer } from '../../../test/builders.ts';
import { whileHeld } from '../../../test/held.ts';
import { entriesAbout } from '../audit/index.ts';
import { anonymizeCustomer, editProfile } from './index.ts';

// The change is one statement, so the row it waits for may have become another one when its turn comes.

const world = useApp();

test('a change that waits for another one keeps it, and the audit log says what it changed from', async () => {
  const { id } = await activeCustomer(world);

  const edited = await whileHeld(
    world,
    "update customer set phone = '1', first_name = 'Between' where id = $1",
    id,
    () => editProfile(world.app, id, { firstName: 'After' }),
  );

  expect(edited).toMatchObject({ firstName: 'After', phone: '1' });
  expect((await entriesAbout(world.app.db, id))[0]).toMatchObject({
    action: 'customers.edited',
    facts: { fields: ['firstName'] },
    changes: { firstName: ['Between', 'After'] },
  });
});

test('a change that another one made already is none', async () => {
  const { id } = await activeCustomer(world);
  const before = await entriesAbout(world.app.db, id);

  await whileHeld(world, "update customer set first_name = 'Same' where id = $1", id, () =>
    editProfile(world.app, id, { firstName: 'Same' }),
  );

  expect(await entriesAbout(world.app.db, id)).toEqual(before);
});

test('a customer who is erased meanwhile is not changed', async () => {
  const { id } = await activeCustomer(world);

  const edit = whileHeld(world, 'update customer set anonymized_at = now(), first_name = null where id = $1', id, () =>
    editProfile(world.app, id, { firstName: 'Ghost' }),
  );

  await expect(edit).rejects.toThrow('customers.not-found');
  expect(await world.sql('select first_name from customer where id = $1', [id])).toEqual([{ first_name: null }]);
});

test('a log-in that is ended meanwhile changes nothing', async () => {
  const { id } = await activeCustomer(world);
  const origin = { door: 'storefront-api', actor: 'customer', actorId: id, issuedAt: world.app.now() } as const;

  const edit = whileHeld(
    world,
    'update customer set access_ended_at = $2 where id = $1',
    id,
    () => editProfile({ ...world.app, origin }, id, { firstName: 'Thief' }),
    world.app.now(),
  );

  await expect(edit).rejects.toThrow('tokens.access-token-invalid');
  expect(await world.sql("select 1 from customer where id = $1 and first_name = 'Thief'", [id])).toEqual([]);
});

test('of changes and an erasure at once, nothing of a change is left', async () => {
  const { id } = await activeCustomer(world);

  await Promise.allSettled([
    ...Array.from({ length: 5 }, (_, at) => editProfile(world.app, id, { lastName: `Xylophon ${at}` })),
    anonymizeCustomer(world.app, id),
    ...Array.from({ length: 5 }, (_, at) => editProfile(world.app, id, { lastName: `Yacht ${at}` })),
  ]);

  expect(JSON.stringify(await entriesAbout(world.app.db, id))).not.toMatch(/Xylophon|Yacht/);
  expect(await world.sql('select last_name from customer where id = $1', [id])).toEqual([{ last_name: null }]);
});
