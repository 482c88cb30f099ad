import { z } from 'zod';

/**
 * Links in emails that a shop with a storefront of its own may lead there, and whether they carry a token: its page hands the
 * token to the Storefront API. Other links need pages that only this service has.
 */
export const shopLinks = {
  /** Confirms a registration; `POST /customer-confirmation` takes the token. */
  confirm: { hasToken: true, setting: 'CONFIRM_LINK' },
  /** Sets a password, the first one or a new one; `PATCH /customer-restore-password` takes the token. */
  restore: { hasToken: true, setting: 'RESTORE_LINK' },
  /** Asks for such a link. */
  forgotten: { hasToken: false, setting: 'FORGOTTEN_LINK' },
  'sign-in': { hasToken: false, setting: 'SIGN_IN_LINK' },
  account: { hasToken: false, setting: 'ACCOUNT_LINK' },
} as const satisfies Record<string, { hasToken: boolean; setting: string }>;

export type ShopLink = keyof typeof shopLinks;
export const shopLinkNames = Object.keys(shopLinks).filter((name): name is ShopLink => name in shopLinks);

const places = ['locale', 'language', 'store', 'token'] as const;
export type PlaceValues = Partial<Record<(typeof places)[number], string>>;

/** Longest pattern; longer addresses do not arrive everywhere. */
const LONGEST = 1000;

/** What is wrong with a pattern, in words that follow its name; undefined if nothing is. */
export function patternMistake(pattern: string, hasToken: boolean): string | undefined {
  const names = [...pattern.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const unknown = names.find((name) => !places.some((place) => place === name));
  const tokens = names.filter((name) => name === 'token').length;
  const known = `{locale}, {language}, {store}${hasToken ? ' and {token}' : ''}`;
  if (pattern.length > LONGEST) return `must not have more than ${LONGEST} characters`;
  if (unknown !== undefined) return `knows ${known}, not {${unknown}}`;
  if (hasToken && tokens !== 1)
    return 'must have {token} once, as in https://shop.example/{locale}/confirm?token={token}';
  if (!hasToken && tokens > 0) return `knows ${known}; this link has no token`;
  return addressMistake(pattern);
}

function addressMistake(pattern: string): string | undefined {
  const url = URL.parse(fillPattern(pattern, { locale: 'de_DE', language: 'de', store: 'DE', token: 'token' }));
  // A character that a URL parser would drop or mend makes another address of it.
  if (/[\s\p{Cc}\p{Cf}<>"'\\`{}|^]/u.test(pattern.replaceAll(/\{\w+\}/g, '')))
    return 'must be an address without blanks or <>"\'\\`{}|^';
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\/[^/?#{}]+/i.test(pattern))
    return 'must be a whole address with its host, such as https://shop.example/{locale}/confirm';
  return url.username || url.password ? 'must have no user name or password in it' : undefined;
}

/** Whether only encrypted connections carry what the pattern makes, or none that leave this machine. */
export const isSafePattern = (pattern: string): boolean =>
  /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|\?|#|$)/i.test(pattern);

/** The address that a pattern makes; values are escaped. */
export const fillPattern = (pattern: string, values: PlaceValues): string =>
  places.reduce((text, place) => text.replaceAll(`{${place}}`, () => encodeURIComponent(values[place] ?? '')), pattern);

/** A pattern as a setting or an option has it. */
export const LinkPattern = (link: ShopLink) =>
  z.string().superRefine((pattern, { addIssue }) => {
    const mistake = patternMistake(pattern, shopLinks[link].hasToken);
    if (mistake) addIssue({ code: 'custom', message: mistake });
  });

/** Patterns by link, for those that have one. */
export const LinkPatterns = z.strictObject(
  {
    confirm: LinkPattern('confirm').optional(),
    restore: LinkPattern('restore').optional(),
    forgotten: LinkPattern('forgotten').optional(),
    'sign-in': LinkPattern('sign-in').optional(),
    account: LinkPattern('account').optional(),
  },
  {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `there is no link ${String(keys)}; there is: ${shopLinkNames.join(', ')}`
        : undefined,
  },
);
export type LinkPatterns = z.output<typeof LinkPatterns>;
