import type { App } from '../../platform/app.ts';
import { changesBetween, entryJson } from '../audit/index.ts';
import type { Profile, Shopper } from './customer.ts';
import { changeAtOnce } from './hold.ts';
import { customerNotFound } from './problems.ts';
import { changeProfile, customerById } from './queries.ts';

/**
 * Changes what is given and leaves the rest. The address is not among it: see `requestEmailChange`.
 *
 * @param seen the customer as the request read them, where it did: while they still are so, one statement is enough
 * @throws {@link customerNotFound}; {@link accessTokenInvalid} when the access token that asks was ended meanwhile
 */
export async function editProfile(app: App, id: string, profile: Partial<Profile>, seen?: Shopper): Promise<Shopper> {
  const isSeen = seen !== undefined && Object.keys(profile).every((name) => name in seen);
  const edited = await changeAtOnce(app, id, async (app, held) => {
    const before = held ?? (isSeen ? seen : await customerById(app.db, id));
    return before && editAsSeen(app, before, profile);
  });
  if (!edited) throw customerNotFound({});
  return edited;
}

/** Undefined if the customer is not as they were seen any more. */
async function editAsSeen(app: App, seen: Shopper, profile: Partial<Profile>): Promise<Shopper | undefined> {
  const changes = changesBetween<Partial<Profile>>(seen, profile);
  if (Object.keys(changes).length === 0) return seen;
  const entry = entryJson(app, { action: 'customers.edited', customerId: seen.id, changes });
  return changeProfile(app.db, seen.id, changes, { now: app.now(), issuedAt: app.origin.issuedAt ?? null, entry });
}
