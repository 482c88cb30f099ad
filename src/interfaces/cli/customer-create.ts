import { createCustomer, NewAccount } from '../../domain/customer-care/index.ts';
import {
  type Customer,
  customerByEmail,
  emailInvalid,
  emailTaken,
  emailTooLong,
  genders,
  salutations,
} from '../../domain/customers/index.ts';
import { listStores } from '../../domain/stores/index.ts';
import type { App } from '../../platform/app.ts';
import { command, type Terminal } from './command.ts';
import { didYouMean } from './did-you-mean.ts';
import { explainOptions } from './explain.ts';
import { passwordFromInput, passwordSentence } from './password-sentence.ts';

export const customerCreate = command({
  name: 'customer:create',
  summary: 'Create a customer, who is mailed a link to choose a password',
  usage: 'EMAIL',
  options: {
    'first-name': { type: 'string', value: 'NAME', help: 'first name; needed' },
    'last-name': { type: 'string', value: 'NAME', help: 'last name; needed' },
    salutation: { type: 'string', value: 'WORD', help: salutations.join(', ') },
    gender: { type: 'string', value: 'WORD', help: genders.join(', ') },
    'date-of-birth': { type: 'string', value: 'DAY', help: 'a day such as 1990-12-31' },
    phone: { type: 'string', value: 'NUMBER', help: 'phone number' },
    company: { type: 'string', value: 'NAME', help: 'company in the profile' },
    newsletter: { type: 'boolean', help: 'the customer wants the newsletter' },
    store: { type: 'string', value: 'NAME', help: 'store of the account; without it DEFAULT_STORE' },
    locale: {
      type: 'string',
      value: 'LOCALE',
      help: 'language of emails and pages; without it the first of the store',
    },
    'password-stdin': { type: 'boolean', help: 'read the password from standard input, instead of the link' },
    confirmed: { type: 'boolean', help: 'the email address is known to be theirs and need not be confirmed' },
    json: { type: 'boolean', help: 'print the reference, the id and the state as JSON' },
  },
  notes: `
With --password-stdin the customer is mailed a link to confirm the address instead, or a welcome with --confirmed. Emails
are queued: a running server, or \`clientele work\`, sends them.

  clientele customer:create ada@example.org --first-name=Ada --last-name=Moor --store=DE
  pass show shop/ada | clientele customer:create ada@example.org --first-name=Ada --last-name=Moor --password-stdin`,
  async run(app, { options, words: [email = ''] }, { out }) {
    if (!email) {
      out('Whom? See `clientele customer:create --help`.');
      return 2;
    }
    const home = await homeOf(app, options);
    if (typeof home === 'string') {
      out(home);
      return 2;
    }
    const parsed = NewAccount.safeParse({
      ...home,
      email,
      firstName: options['first-name'],
      lastName: options['last-name'],
      salutation: options.salutation,
      gender: options.gender,
      dateOfBirth: options['date-of-birth'],
      phone: options.phone,
      company: options.company,
      newsletter: options.newsletter,
      isConfirmed: options.confirmed,
      password: options['password-stdin'] ? await passwordFromInput() : null,
    });
    if (!parsed.success) {
      out(explainOptions(parsed.error));
      return 2;
    }
    return create(app, parsed.data, out, options.json);
  },
});

/** The store and the language of a new account, or what is wrong with those that were given. */
async function homeOf(
  app: App,
  given: { store: string | undefined; locale: string | undefined },
): Promise<{ store: string; locale: string } | string> {
  const stores = await listStores(app);
  const name = given.store ?? app.config.DEFAULT_STORE;
  const store = stores.find((each) => each.name === name);
  if (!store) {
    const names = stores.map((each) => each.name);
    return `--store: there is no store ${name}. There is: ${names.join(', ')}.${didYouMean(name, names)}`;
  }
  const locale = given.locale ?? store.locales[0] ?? '';
  return store.locales.includes(locale)
    ? { store: store.name, locale }
    : `--locale: the store ${store.name} has ${store.locales.join(', ')}.${didYouMean(locale, store.locales)}`;
}

async function create(app: App, account: NewAccount, out: Terminal['out'], json: boolean): Promise<number> {
  try {
    const { id, reference, email, state } = await createCustomer(app, account);
    out(json ? JSON.stringify({ reference, id, email, state }) : `${reference} is created, ${state}. ${emails[state]}`);
    return 0;
  } catch (error) {
    if (emailInvalid.is(error) || emailTooLong.is(error)) {
      out(
        emailTooLong.is(error)
          ? `EMAIL: must not have more than ${error.details.max} characters`
          : 'EMAIL: must be an email address such as ada@example.org',
      );
      return 2;
    }
    const sentence = emailTaken.is(error) ? await takenSentence(app, account.email) : passwordSentence(error);
    if (sentence === undefined) throw error;
    out(sentence);
    return 1;
  }
}

const emails: Partial<Record<Customer['state'], string>> = {
  invited: 'An invitation to choose a password is queued.',
  unverified: 'An email that asks to confirm the address is queued.',
  active: 'A welcome email is queued.',
};

async function takenSentence(app: App, email: string): Promise<string> {
  const owner = await customerByEmail(app.db, email);
  return `There is a customer with this email address already${owner ? `: ${owner.reference}` : ''}.`;
}
