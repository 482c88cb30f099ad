import { type Customer, customerById } from '../../domain/customers/index.ts';
import { linkInvalid, readLink } from '../../domain/links/index.ts';
import type { App } from '../../platform/app.ts';

/**
 * Returns whom the link of an email belongs to.
 *
 * @throws {@link linkInvalid}, {@link linkExpired}
 */
export async function linkOwner(app: App, kind: 'confirm' | 'reset', token: string): Promise<Customer> {
  const owner = await customerById(app.db, (await readLink(app, kind, token)).customerId);
  if (!owner) throw linkInvalid({});
  return owner;
}
