import { impersonate } from '../../src/domain/agents/index.ts';
import { issueLink } from '../../src/domain/links/index.ts';
import { useApp } from '../app.ts';
import { activeCustomer, somebody } from '../builders.ts';
import { agent } from '../staff.ts';
import { logIn, withPage } from './chromium.ts';
import { lookAt } from './looks.ts';

const world = useApp();

/** Somebody with long words, as people have them, and two devices. */
async function customer(): Promise<string> {
  const names = { firstName: 'Maximiliane-Friederike', lastName: 'Wolfeschlegelsteinhausenbergerdorff' };
  const email = `${names.firstName}.${somebody().email}`.toLowerCase();
  await activeCustomer(world, { ...names, email });
  await withPage(world, {}, (page) => logIn(page, email));
  return email;
}

/** The same, for whom customer service acted. */
async function helped(): Promise<string> {
  const { email, reference } = await activeCustomer(world);
  await impersonate(world.app, await agent(world), reference, undefined);
  await withPage(world, {}, (page) => logIn(page, email));
  return email;
}

lookAt(world, [
  {
    name: 'the overview after customer service acted',
    heading: 'Hello Ida',
    path: () => '/customer/overview',
    as: helped,
  },
  { name: 'the overview', heading: 'Hello Maximiliane-Friederike', path: () => '/customer/overview', as: customer },
  { name: 'the log-out', heading: 'Sign out', path: () => '/logout', as: customer },
  {
    name: 'the confirmation of a new address',
    heading: 'Confirm your new address',
    async path() {
      const { id, email } = await activeCustomer(world);
      const token = await issueLink(world.app, 'email-change', id, `new.${email}`);
      return `/customer-data-change-request/change-email?verification_token=${token}`;
    },
  },
  {
    name: 'the page that stops a change of the address',
    heading: 'Stop the change of your email address',
    async path() {
      const { id, email } = await activeCustomer(world);
      const token = await issueLink(world.app, 'email-change-stop', id, email);
      return `/customer-data-change-request/stop-email-change?token=${token}`;
    },
  },
]);
