import type { ReactElement } from 'react';
import type { Customer } from '../../domain/customers/index.ts';
import type { Session } from '../../domain/sessions/index.ts';
import type { Store } from '../../domain/stores/index.ts';
import type { MessageId, Translate } from '../../i18n/index.ts';
import type { App } from '../../platform/app.ts';
import type { Incoming } from '../../platform/http/incoming.ts';
import type { ShopDetails } from '../../ui/legal-links.ts';
import type { Cookies } from './cookies.ts';

/** What a redirect may say on the next page; a cookie that says something else was not written by us. */
export const notices = [
  'form.csrf.error.text',
  'customer.logout.done',
  'customer.authorization.success',
  'customer.authorization.account_confirmed',
  'customer.authorization.account_confirmed.password_set',
  'customer.password.changed',
  'customer.password.change.success',
  'customer.unlock.done',
  'customer.sessions.ended',
  'customer.profile.change.success',
  'customer.data_change_request.email_change.success',
  'customer.email_change_stop.done',
  'customer.email_change_stop.done_was_not_me',
  'multi_factor_auth.code.sent',
] as const satisfies readonly MessageId[];

export interface Notice {
  kind: 'success' | 'info' | 'error';
  message: (typeof notices)[number];
}

/** Who is logged in on this browser. */
export interface Visitor {
  session: Session;
  customer: Customer;
}

/** One request for a page, and everything a page needs to answer it. */
export interface Visit {
  app: App;
  incoming: Incoming;
  t: Translate;
  locale: string;
  store: Store;
  /** What footers say of the store. */
  shop: ShopDetails;
  visitor: Visitor | undefined;
  cookies: Cookies;
  query: URLSearchParams;
  /** What was typed, under the names within the form; undefined on GET. */
  typed: ((name: string) => string) | undefined;
  /** Name of the form that was sent. */
  sent: string | undefined;
  /** Why a form is sent back although nothing is wrong with it. */
  failure: 'form.csrf.error.text' | 'error.503.text' | undefined;
  /** A form's secret field, and what it must hold. */
  token: string;
  /** Whether a form came from a page of ours: its token, or during a rotation of SECRET that of the secret before. */
  isToken(
    text: string,
    options: {
      /** A form that was opened before anyone was signed in will do. */
      evenAnonymous: boolean;
    },
  ): boolean;
  /** Address of another page in the same store and language. */
  url(path: string, parameters?: Record<string, string>): string;
  /** The page in its frame. */
  render(
    title: string,
    body: ReactElement,
    options?: {
      status?: number;
      notice?: { kind: Notice['kind']; text: string };
      /** Origins a form of the page may be redirected to, beside ours. */
      formTargets?: readonly string[];
    },
  ): Response;
  /** Gives the visitor's session another id, as it gains rights. Call it before the answer is made. */
  renewSession(): Promise<void>;
  /** Goes on to another page, which shows the notice. */
  redirect(path: string, notice?: Notice): Response;
  /** Goes on to an address that {@link redirectTarget} returned. */
  leave(address: string): Response;
}

type Answer = Promise<Response> | Response;

/** A page: its GET and its POST side by side. */
export interface Page {
  path: string;
  /** Names of the forms that POST takes. */
  forms?: readonly string[];
  /** Only for customers who are logged in; others are sent to log in first. */
  secured?: boolean;
  /** Only for visitors who are not; others are sent to their account. */
  anonymous?: boolean;
  /** Its form signs in although a session is there already: one that was planted is replaced, not kept. */
  replacesSession?: boolean;
  /** Its address carries a verification token from an email. */
  carriesToken?: boolean;
  get(visit: Visit): Answer;
  post?(visit: Visit): Answer;
}
