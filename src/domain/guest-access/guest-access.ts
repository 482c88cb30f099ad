import { type App, transact } from '../../platform/app.ts';
import { record } from '../audit/index.ts';
import { allRestrictions, upsertRestriction } from './queries.ts';

/** Kinds of content that a shop may keep from visitors who are not logged in. */
export const contentTypes = ['price', 'order-place-submit', 'add-to-cart', 'wishlist', 'shopping-list'] as const;
export type ContentType = (typeof contentTypes)[number];

/** Restrictions change rarely; another instance's change is seen within this time. */
const REMEMBERED_MS = 10_000;

/** What guests may not use. */
export async function restrictedContent(app: App): Promise<ReadonlySet<ContentType>> {
  return app.memory.recall('guest access', REMEMBERED_MS, async () => {
    const restricted = new Set(
      (await allRestrictions(app.db)).filter(({ isRestricted }) => isRestricted).map(({ contentType }) => contentType),
    );
    return new Set(contentTypes.filter((type) => restricted.has(type)));
  });
}

/** Says what guests may not use; everything else is open to them. */
export async function restrictGuests(app: App, restricted: readonly ContentType[]): Promise<void> {
  await transact(app, async (app) => {
    for (const type of contentTypes) await upsertRestriction(app.db, type, restricted.includes(type));
    await record(app, { action: 'guest-access.set', facts: { restricted } });
  });
  app.memory.forget('guest access');
}
