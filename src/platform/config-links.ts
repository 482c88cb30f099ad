import { LinkPattern, shopLinks } from './mail/link-pattern.ts';

const pattern = (link: keyof typeof shopLinks, what: string) =>
  LinkPattern(link)
    .optional()
    .describe(
      `Address that ${what}, for stores whose storefront is not these pages: {locale}, {language}, {store}${shopLinks[link].hasToken ? ', {token}' : ''}. Unset: a page of ours`,
    );

/** Where links of emails lead in stores that have no pattern of their own (`store:set --link`). */
export const linkSettings = {
  CONFIRM_LINK: pattern('confirm', 'confirms a registration'),
  RESTORE_LINK: pattern('restore', 'sets a new password, or the first one'),
  FORGOTTEN_LINK: pattern('forgotten', 'asks for a new password'),
  SIGN_IN_LINK: pattern('sign-in', 'signs customers in'),
  ACCOUNT_LINK: pattern('account', 'shows customers their account'),
};
