import { passwordWrong } from '../../domain/credentials/index.ts';
import { customerLocked, emailInvalid, emailTaken, emailTooLong } from '../../domain/customers/index.ts';
import { linkExpired, linkInvalid } from '../../domain/links/index.ts';
import { mfaCodeInvalid, mfaCodeMissing, mfaNotSent } from '../../domain/mfa/index.ts';
import { passwordRefused, policyOf } from '../../domain/passwords/index.ts';
import { signInRefused } from '../../domain/sign-in/index.ts';
import { rateLimited, tooManyAttempts } from '../../domain/throttle/index.ts';
import type { Translate } from '../../i18n/index.ts';
import type { App } from '../../platform/app.ts';
import type { Visit } from './visit.ts';
import { isProblem, several } from '../../platform/problem.ts';
import { passwordHint as hintOf, passwordMistake } from '../../i18n/password.ts';

/** What a message may mention of the shop's settings. */
export const wordsFor = ({ app: { config }, shop }: Visit) => ({
  shop: shop.name,
  minutes: Math.round(config.EMAIL_CHANGE_LINK_SECONDS / 60),
});

/** What a page says of a problem, sentence by sentence; rethrows what is no problem of the person's. */
export function sentences(t: Translate, thrown: unknown): string[] {
  if (several.is(thrown)) return thrown.details.problems.flatMap((one) => sentences(t, one));
  // Whoever chose a common password needs another one; the rest would only be noise.
  if (passwordRefused.is(thrown) && thrown.details.violations.includes('common'))
    return [t('customer.password.error.deny_list')];
  if (passwordRefused.is(thrown))
    return thrown.details.violations.map((violation) => passwordMistake(t, violation, thrown.details));
  if (passwordWrong.is(thrown)) return [t('customer.password.invalid')];
  if (mfaCodeMissing.is(thrown)) return [t('multi_factor_auth.code.missing')];
  if (mfaCodeInvalid.is(thrown)) return [t('multi_factor_auth.code.invalid')];
  if (mfaNotSent.is(thrown)) return [t('multi_factor_auth.code.not_sent')];
  if (signInRefused.is(thrown)) return [t('customer.authentication.failed')];
  if (tooManyAttempts.is(thrown)) return [t('security_blocker_page.error.account_blocked', thrown.details)];
  if (rateLimited.is(thrown))
    return [t('rate_limit.exceeded', { minutes: Math.ceil(thrown.details.retryAfterSeconds / 60) })];
  if (emailInvalid.is(thrown)) return [t('customer.email.format.invalid')];
  if (emailTooLong.is(thrown)) return [t('customer.email.length.exceeded', thrown.details)];
  if (emailTaken.is(thrown)) return [t('customer.email.already.used')];
  if (linkExpired.is(thrown)) return [t('customer.error.confirm_email_link.expired')];
  if (linkInvalid.is(thrown) || customerLocked.is(thrown))
    return [t('customer.error.confirm_email_link.invalid_or_used')];
  throw thrown;
}

/** Status of a page that shows a problem. */
export const statusOf = (thrown: unknown): number => (isProblem(thrown) ? thrown.kind.status : 500);

/** What the shop asks of a password, to be read before one is typed. */
export const passwordHint = ({ config }: App, t: Translate): string => hintOf(t, policyOf(config));
