import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { throwAny } from '../../platform/problem.ts';
import { record } from '../audit/index.ts';
import { checkPassword, hashPassword } from '../passwords/index.ts';
import { emailObjections } from './check-email.ts';
import { type Customer, emailKey, type NewCustomer, normalizeEmail, type Shopper } from './customer.ts';
import { sendConfirmation, sendWelcome } from './mails.ts';
import { emailTaken } from './problems.ts';
import { customerByEmail, insertCustomer } from './queries.ts';
import { nextReference } from './reference.ts';
import { tellOwner, withoutTaken } from './silence.ts';

/**
 * Creates a customer and queues the mail that lets them confirm their address (or, without double opt-in, the welcome).
 *
 * @throws {@link passwordRefused} before anything is said about the address; then {@link emailInvalid},
 * {@link emailTaken} (in any letter case) and {@link emailTooLong}, several at once if need be.
 */
export async function registerCustomer(app: App, { password, ...asTyped }: NewCustomer): Promise<Customer> {
  const profile = { ...asTyped, email: normalizeEmail(asTyped.email) };
  await checkPassword(app, password, profile);
  // Whether the address is taken is for the unique index to say, unless something else is wrong with it already.
  if (emailObjections(profile.email, { taken: false }).length > 0) {
    const taken = (await customerByEmail(app.db, profile.email)) !== undefined;
    throwAny(emailObjections(profile.email, { taken }));
  }

  // Hashing takes about 20 ms of a core, so it is done before the transaction holds a connection.
  const passwordHash = await hashPassword(app, password);
  return transact(app, async (app) => {
    const now = app.now();
    const customer = await insertCustomer(app.db, {
      ...profile,
      id: newId(),
      reference: await nextReference(app, profile.store),
      emailKey: emailKey(profile.email),
      passwordHash,
      verifiedAt: app.config.DOUBLE_OPT_IN ? null : now,
      termsAcceptedAt: now,
      createdAt: now,
      updatedAt: now,
    });
    // Thrown inside the transaction, so that the number drawn for it is not lost.
    if (!customer) throw emailTaken({});
    await record(app, {
      action: 'customers.registered',
      customerId: customer.id,
      facts: { store: profile.store, state: customer.state },
    });
    await enqueue(app, app.config.DOUBLE_OPT_IN ? sendConfirmation : sendWelcome, { customerId: customer.id });
    return customer;
  });
}

/** Waits until as long has passed as either answer takes, so that time does not tell them apart. */
const inEqualTime = (app: App, started: number): Promise<void> =>
  app.clock.wait(Math.max(0, started + app.config.SIGN_IN_REFUSAL_MS - app.now().getTime()));

/**
 * Registers for a program that must not tell whether an address has an account, yet is answered with a customer: for a
 * taken address one who is never stored, with a reference of their own, while the owner is told by mail.
 *
 * @throws {@link passwordRefused}, {@link emailInvalid}, {@link emailTooLong}
 */
export async function registerQuietly(app: App, customer: NewCustomer): Promise<Shopper> {
  const started = app.now().getTime();
  try {
    const registered = await registerCustomer(app, customer);
    await inEqualTime(app, started);
    return registered;
  } catch (error) {
    const others = withoutTaken(error);
    if (others) throw others;
    await tellOwner(app, customer.email, app.origin.network);
    const now = app.now();
    const { salutation, firstName, lastName, gender = null, dateOfBirth = null } = customer;
    const shown = { email: normalizeEmail(customer.email), salutation, firstName, lastName, gender, dateOfBirth };
    const reference = await transact(app, (app) => nextReference(app, customer.store));
    const state = app.config.DOUBLE_OPT_IN ? 'unverified' : 'active';
    await inEqualTime(app, started);
    return { ...shown, id: newId(), number: 0, reference, state, accessEndedAt: null, createdAt: now, updatedAt: now };
  }
}

/**
 * Registers on behalf of a page that must not tell whether an address has an account: its owner is told by mail.
 *
 * @throws {@link passwordRefused}, {@link emailInvalid}, {@link emailTooLong}
 */
export async function registerSilently(app: App, customer: NewCustomer): Promise<void> {
  const started = app.now().getTime();
  try {
    await registerCustomer(app, customer);
  } catch (error) {
    const others = withoutTaken(error);
    if (others) throw others;
    await tellOwner(app, customer.email, app.origin.network);
  }
  await inEqualTime(app, started);
}
