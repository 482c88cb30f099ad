import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp, type World } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { activeCustomer } from '../../../test/builders.ts';

const onPage = (world: World, email: string) =>
  browser(world).submit('/password/forgotten', 'forgottenPassword', { email });
const overApi = (world: World, email: string) =>
  api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });

/** Asks once for each of so many customers; returns the different answers and how many emails were sent. */
async function askForResets(world: World, ask: typeof onPage | typeof overApi, count: number) {
  const statuses = new Set<number>();
  let emails = 0;
  for (let at = 0; at < count; at++) {
    const { email } = await activeCustomer(world);
    statuses.add((await ask(world, email)).status);
    emails += (await world.mails(email)).length;
  }
  return { statuses: [...statuses], emails };
}

describe('resets that many customers ask for from one network', () => {
  const world = useApp({ MAIL_REQUESTS: '1' });
  const limited = useApp({ API_EMAIL_REQUESTS_PER_HOUR: '2' });

  test('are all sent over the API, where the server of a storefront asks for them', async () => {
    expect(await askForResets(world, overApi, 12)).toEqual({ statuses: [204], emails: 12 });
  });

  test('are bounded there by a setting, and the answer stays the same', async () => {
    expect(await askForResets(limited, overApi, 4)).toEqual({ statuses: [204], emails: 2 });
  });

  test('are bounded on the pages, and the answer stays the same', async () => {
    expect(await askForResets(world, onPage, 12)).toEqual({ statuses: [200], emails: 10 });
  });
});
