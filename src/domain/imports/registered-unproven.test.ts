import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { somebody } from '../../../test/builders.ts';
import { useImports } from '../../../test/imports.ts';
import { customerByEmail, registerCustomer } from '../customers/index.ts';

const world = useApp({ DOUBLE_OPT_IN: 'false' });
const { loadLines } = useImports(world);

test('where nobody confirms an address, a row with the address of a registration is refused', async () => {
  const { reference, email } = await registerCustomer(world.app, somebody());

  for (const flags of [reference, 'UP--1'])
    expect(
      (await loadLines('customer', 'customer_reference,email,first_name', `${flags},${email},Vic`)).rejections,
    ).toEqual(expect.arrayContaining([`2 email belongs to ${reference}`]));
  expect(await customerByEmail(world.app.db, email)).toMatchObject({ firstName: 'Ida' });
});
