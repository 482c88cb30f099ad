import { useApp } from '../app.ts';
import { activeCustomer } from '../builders.ts';
import { lookAt } from './looks.ts';

const world = useApp();

const customer = async () => (await activeCustomer(world)).email;
async function guarded(): Promise<string> {
  const { id, email } = await activeCustomer(world);
  await world.sql("insert into mfa_method values ($1, 'email', 'activated', $2, $2)", [id, world.now]);
  return email;
}

lookAt(world, [
  { name: 'the profile', heading: 'Profile', path: () => '/customer/profile', as: customer },
  {
    name: 'a password that is refused',
    heading: 'Profile',
    path: () => '/customer/profile',
    as: customer,
    send: 'passwordForm',
  },
  { name: 'the profile with a second factor', heading: 'Profile', path: () => '/customer/profile', as: guarded },
]);
