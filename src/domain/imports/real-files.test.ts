import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { logIn } from '../../../test/api.ts';
import { importFile } from '../../../test/imports.ts';
import { customerByReference } from '../customers/index.ts';

/** Files of the reference product as they are. */
const real = (shop: string) => fileURLToPath(new URL(`../../../../shared/data/${shop}/customer.csv`, import.meta.url));

const world = useApp();
const load = (file: string) => importFile(world, 'customer', file);
const hashOf = async (email: string) =>
  String((await world.sql('select password_hash from customer where email = $1', [email]))[0]?.['password_hash']);

test.skipIf(!existsSync(real('b2c')) || !existsSync(real('suite')))(
  'the customers of the demo shops go in unchanged and log in with their passwords',
  async () => {
    expect(await load(real('b2c'))).toMatchObject({ rows: 21, created: 21, rejected: 0 });
    expect(await load(real('b2c'))).toMatchObject({ rows: 21, unchanged: 21, rejected: 0 });
    expect(await load(real('suite'))).toMatchObject({ rows: 26, rejected: 0 });
    expect(await load(real('suite'))).toMatchObject({ rows: 26, unchanged: 26, rejected: 0 });

    expect(await customerByReference(world.app.db, 'DE--2')).toMatchObject({
      email: 'maria.williams@spryker.com',
      salutation: 'Ms',
      firstName: 'Maria',
      lastName: 'Williams',
      gender: 'Female',
      locale: 'en_US',
      verifiedAt: new Date('2020-06-24T00:00:00Z'),
      state: 'active',
    });
    const locales = await world.sql('select distinct locale from customer order by locale');
    expect(locales).toEqual([{ locale: 'de_DE' }, { locale: 'en_US' }]);
  },
);

test.skipIf(!existsSync(real('suite')))('the first log-in replaces the bcrypt hash of the demo shop', async () => {
  await load(real('suite'));
  const visitor = browser(world);

  expect(await hashOf('spencor.hopkin@spryker.com')).toMatch(/^\$2y\$10\$/);
  await logIn(world, 'spencor.hopkin@spryker.com', 'change123');
  await visitor.submit('/login', 'loginForm', { email: 'maria.williams@spryker.com', password: 'change123' });

  expect(await hashOf('spencor.hopkin@spryker.com')).toMatch(/^\$argon2id\$/);
  expect(await hashOf('maria.williams@spryker.com')).toMatch(/^\$argon2id\$/);
  expect((await visitor.get('/customer/overview')).status).toBe(200);
  expect(await load(real('suite'))).toMatchObject({ unchanged: 26 });
});
