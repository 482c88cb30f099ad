import type { App } from '../../platform/app.ts';

/** A customer or a staff user; both have ids of their own kind, so that one never is the other. */
export interface Owner {
  kind: 'customer' | 'staff';
  id: string;
}

/** A way of proving more than a password. Another way (an authenticator app, a passkey) is another of these. */
export interface MfaMethod {
  /** As the Storefront API names it. */
  readonly type: string;
  /** Asks the owner for the proof: sends a code, say. @throws {@link mfaNotSent} */
  challenge(app: App, owner: Owner): Promise<void>;
  /** Whether a code proves it. A right one may be shown again while it lasts, unless `once` asks for a fresh one. */
  verify(app: App, owner: Owner, code: string, options?: { once: boolean }): Promise<boolean>;
  /** Lets a right code that came to nothing be shown once more. */
  giveBack(app: App, owner: Owner): Promise<void>;
  /** Ends what `challenge` began. */
  forget(app: App, owner: Owner): Promise<void>;
}
