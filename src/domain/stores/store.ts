import { z } from 'zod';

/** A locale the product speaks, as stored and sent: language and territory. */
const LocaleName = z.string().regex(/^[a-z]{2}_[A-Z]{2}$/, 'must look like de_DE');

/** A sales channel. The first locale and the first currency are its defaults. */
export const Store = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'must be 2 to 10 upper-case letters, as in DE'),
  timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Berlin'),
  locales: z.array(LocaleName).min(1),
  currencies: z.array(z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')).min(1),
  countries: z.array(z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code')).min(1),
});
export type Store = z.output<typeof Store>;

function isTimeZone(name: string) {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** `de` for `de_DE`. */
export const languageOf = (locale: string) => locale.slice(0, 2);
