import { isEmail } from '../../domain/customers/index.ts';
import type { Visit } from './visit.ts';

/** Long enough to look into the mailbox and come back; short on a computer that others use next. */
const SECONDS = 900;

/**
 * Keeps an email address for the next pages of this browser. A cookie, as addresses of pages are written to logs and
 * passed on in Referer headers.
 */
export const rememberEmail = ({ cookies }: Visit, email: string): void => cookies.set('email', email, SECONDS);

export function rememberedEmail({ cookies }: Visit): string | undefined {
  const email = cookies.get('email');
  return email !== undefined && isEmail(email) ? email : undefined;
}

export function forgetEmail({ cookies }: Visit): void {
  if (cookies.get('email') !== undefined) cookies.remove('email');
}
