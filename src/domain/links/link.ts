import type { App } from '../../platform/app.ts';
import { later } from '../../platform/clock.ts';
import { hashToken, newToken } from '../../platform/crypto/token.ts';
import { linkExpired, linkInvalid } from './problems.ts';
import {
  deleteLink,
  type Link,
  linkByHash,
  type LinkKind,
  newestLink,
  renewLink,
  replaceLink,
  takeLink,
} from './queries.ts';

/** Links that mean the same to their reader: a newer one of either kind ends the older. */
const family = (kind: LinkKind): LinkKind[] =>
  kind === 'reset' || kind === 'invitation' ? ['reset', 'invitation'] : [kind];

const lifeSeconds = (app: App, kind: LinkKind): number =>
  ({
    confirm: app.config.CONFIRM_LINK_SECONDS,
    reset: app.config.RESET_LINK_SECONDS,
    invitation: app.config.INVITATION_LINK_SECONDS,
    'email-change': app.config.EMAIL_CHANGE_LINK_SECONDS,
    'email-change-stop': app.config.EMAIL_CHANGE_STOP_LINK_SECONDS,
    unlock: app.config.UNLOCK_LINK_SECONDS,
  })[kind];

/** Makes a link's token and returns it; it is stored nowhere, only its hash is. Earlier links of the kind are void. */
export async function issueLink(
  app: App,
  kind: LinkKind,
  customerId: string,
  email: string | null = null,
): Promise<string> {
  const token = newToken();
  const createdAt = app.now();
  const expiresAt = later(createdAt, lifeSeconds(app, kind));
  await replaceLink(app.db, { tokenHash: hashToken(token), kind, customerId, email, createdAt, expiresAt });
  return token;
}

/**
 * Looks at a link without using it up, for pages that are opened by GET.
 *
 * @throws {@link linkInvalid} for one that is unknown, used or superseded; {@link linkExpired} for one that came too late.
 */
export async function readLink(app: App, kind: LinkKind, token: string): Promise<Link> {
  const link = await linkByHash(app.db, hashToken(token), family(kind));
  if (!link) throw linkInvalid({});
  if (link.expiresAt <= app.now()) throw linkExpired({});
  return link;
}

/**
 * A new token for a link that was prepared with `issueLink` when it was asked for; undefined when something has ended
 * it since. Mails leave later than they were asked for, and must not bring back what a reset has closed.
 */
export async function renewedLink(
  app: App,
  kind: LinkKind,
  customerId: string,
): Promise<{ token: string; email: string | null } | undefined> {
  const token = newToken();
  const createdAt = app.now();
  const life = { tokenHash: hashToken(token), createdAt, expiresAt: later(createdAt, lifeSeconds(app, kind)) };
  const link = await renewLink(app.db, kind, customerId, life);
  return link && { token, email: link.email };
}

/** Ends the link of a kind before it is used. */
export const endLink = (app: App, kind: LinkKind, customerId: string): Promise<void> =>
  deleteLink(app.db, kind, customerId);

/** The link of a kind that a customer could still use. */
export async function openLink(
  app: App,
  kind: LinkKind,
  customerId: string,
): Promise<(Link & { createdAt: Date }) | undefined> {
  const link = await newestLink(app.db, kind, customerId);
  return link && link.expiresAt > app.now() ? link : undefined;
}

/**
 * Uses a link up. Call it in the transaction of the change it allows, so that a change that fails leaves the link.
 *
 * @throws {@link linkInvalid} and {@link linkExpired} as `readLink` does.
 */
export async function redeemLink(app: App, kind: LinkKind, token: string): Promise<Link> {
  const link = await takeLink(app.db, hashToken(token), family(kind), app.now());
  return link ?? readLink(app, kind, token);
}
