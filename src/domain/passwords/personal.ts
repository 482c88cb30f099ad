import type { App } from '../../platform/app.ts';
import { folded, readings, withoutUmlauts } from './spellings.ts';

/** Whom a password belongs to: it may not be any of this. */
export interface Person {
  email?: string;
  firstName?: string | null;
  lastName?: string | null;
}

/** Letters of the shortest name that a password may not contain; shorter ones occur in other words. */
const OWN_MIN = 4;
/** The same for parts of the shop's name, which are often everyday words. */
const SHOP_MIN = 6;

const compact = (text: string) => folded(text).replace(/[^\p{L}\p{N}]/gu, '');
const split = (text: string) => text.split(/[^\p{L}]+/u).filter(Boolean);
const spelled = (words: string[]) => [
  ...new Set(words.flatMap((word) => [compact(word), compact(withoutUmlauts(word))])),
];

function wordsOf({ email = '', firstName, lastName }: Person, shop: string) {
  const [mailbox = '', domain = ''] = email.split('@');
  const names = [firstName ?? '', lastName ?? ''];
  const own = [...names, names.join(''), names.toReversed().join(''), mailbox, ...[...names, mailbox].flatMap(split)];
  return {
    own: spelled(own).filter(Boolean),
    shop: [...spelled([shop]), ...spelled(split(shop)).filter((word) => word.length >= SHOP_MIN)].filter(Boolean),
    other: spelled([...split(shop), ...domain.split('.').slice(0, -1)]).filter(Boolean),
  };
}

/** Words an attacker who knows the person and the shop tries first. */
export function personalWords(app: App, person: Person): string[] {
  const { own, shop, other } = wordsOf(person, app.config.SHOP_NAME);
  return [...new Set([...own, ...shop, ...other])];
}

/** Whether a password is the person's name, their address or the shop's name, ignoring case and blanks. */
export function isPersonal({ config }: App, password: string, { email = '', firstName, lastName }: Person): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, '');
  const [mailbox = ''] = email.split('@');
  const names = [
    email,
    mailbox,
    firstName ?? '',
    lastName ?? '',
    `${firstName ?? ''}${lastName ?? ''}`,
    `${lastName ?? ''}${firstName ?? ''}`,
    config.SHOP_NAME,
  ];
  return names.filter(Boolean).some((name) => plain(name) === plain(password));
}

/**
 * Whether a password contains a name of the person, of their mailbox or of the shop, or is one with digits around it.
 * `words` are those within the password.
 */
export function containsPersonal(app: App, password: string, words: ReadonlySet<string>, person: Person): boolean {
  const { own, shop, other } = wordsOf(person, app.config.SHOP_NAME);
  const texts = readings(folded(password)).map(compact);
  const contained = [...own.filter((word) => word.length >= OWN_MIN), ...shop.filter((word) => word.length >= OWN_MIN)];
  if (contained.some((word) => texts.some((text) => text.includes(word)))) return true;
  return [...own, ...other].some((word) => word.length > 1 && words.has(word));
}
