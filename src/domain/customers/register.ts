import { type App, transact } from '../../platform/app.ts';
import { newId } from '../../platform/id.ts';
import { queued } from '../../platform/jobs/job.ts';
import { throwAny } from '../../platform/problem.ts';
import { entryJson } from '../audit/index.ts';
import { checkPassword, hashPassword } from '../passwords/index.ts';
import { consumeMailboxEmail, consumeRegistration, isTagged } from '../throttle/index.ts';
import { type Customer, type NewCustomer, normalizeEmail, type Shopper } from './customer.ts';
import { sendConfirmation, sendWelcome } from './mails.ts';
import { emailObjections, emailTaken } from './problems.ts';
import { customerByEmail, insertCustomer } from './queries.ts';
import { nextReference, referencePattern } from './reference.ts';
import { noteRegisteredAgain, notifyExistingOwner } from './registered-again.ts';

/**
 * Creates a customer and queues the mail that lets them confirm their address (or, without double opt-in, the welcome).
 *
 * @throws {@link passwordRefused} before anything is said about the address; then {@link emailInvalid},
 * {@link emailTaken} (in any letter case) and {@link emailTooLong}, several at once if need be; {@link rateLimited}.
 */
export async function registerCustomer(app: App, asTyped: NewCustomer): Promise<Customer> {
  const customer = { ...asTyped, email: normalizeEmail(asTyped.email) };
  const { email, password } = customer;
  await checkPassword(app, password, customer);
  // Whether the address is taken is for the unique index to say, unless something else is wrong with it already.
  if (emailObjections(email, { taken: false }).length > 0)
    throwAny(emailObjections(email, { taken: (await customerByEmail(app.db, email)) !== undefined }));
  return inLane(app, async () => {
    await consumeRegistration(app);
    // An address that is taken is answered so however often it is asked for, as nothing is mailed.
    return create(app, customer, {
      takesProfile: false,
      ...(isTagged(email) ? { admit: (app) => consumeMailboxEmail(app, email) } : {}),
    });
  });
}

/** Before the first statement, so that many registrations at once leave the database to sign-ins. */
const inLane = <T>(app: App, work: () => Promise<T>): Promise<T> =>
  app.hasher.lanes.registrations(work, { network: app.origin.network });

interface CreateOptions {
  /** Is told the reference that was drawn, even if the address is taken. */
  onDrawn?: (reference: string) => void;
  /** Whether an unconfirmed account with the address takes the names and the language of this registration. */
  takesProfile: boolean;
  /** May still refuse what was inserted. */
  admit?: (app: App) => Promise<void>;
}

/** @throws {@link emailTaken} after an unconfirmed account with the address was told apart from others */
async function create(app: App, customer: NewCustomer, { takesProfile, ...options }: CreateOptions): Promise<Customer> {
  if (await noteRegisteredAgain(app, customer, { takesProfile })) throw emailTaken({});
  // Hashing takes about 20 ms of a core, so it is done before the transaction holds a connection.
  const passwordHash = await hashPassword(app, customer.password);
  try {
    return await insert(app, customer, passwordHash, options);
  } catch (error) {
    // Of several registrations at once, those that did not insert have not been compared with the one that did.
    if (emailTaken.is(error)) await noteRegisteredAgain(app, customer, { takesProfile });
    throw error;
  }
}

async function insert(
  app: App,
  { password: _password, ...profile }: NewCustomer,
  passwordHash: string,
  { admit, onDrawn }: Omit<CreateOptions, 'takesProfile'>,
): Promise<Customer> {
  const now = app.now();
  const id = newId();
  const { store } = profile;
  const verifiedAt = app.config.DOUBLE_OPT_IN ? null : now;
  const row = { ...profile, id, passwordHash, verifiedAt, termsAcceptedAt: now, createdAt: now, updatedAt: now };
  const entry = entryJson(app, { action: 'customers.registered', customerId: id });
  const mail = queued(app.config.DOUBLE_OPT_IN ? sendConfirmation : sendWelcome, { customerId: id });
  const job = await app.queue.compose(mail);
  const write = async (app: App): Promise<Customer> => {
    const { drawn, customer } = await insertCustomer(app.db, row, referencePattern(app, store), entry, job);
    onDrawn?.(drawn);
    if (!customer) throw emailTaken({});
    await admit?.(app);
    return customer;
  };
  // The statement is a transaction of its own; only what may still be refused after it needs another one.
  return admit ? transact(app, write) : write(app);
}

/**
 * Creates a customer; for a taken address the owner gets an email, and the answer is that of `otherwise`. Everything is
 * checked and counted before it is found out which, and either takes as long.
 */
async function createOrNotify<T>(
  app: App,
  asTyped: NewCustomer,
  otherwise: (app: App, customer: NewCustomer, reference: string) => Promise<T>,
): Promise<Customer | T> {
  const customer = { ...asTyped, email: normalizeEmail(asTyped.email) };
  const { email, password } = customer;
  await checkPassword(app, password, customer);
  throwAny(emailObjections(email, { taken: false }));
  const { answer, started } = await inLane(app, async () => {
    await consumeRegistration(app);
    await consumeMailboxEmail(app, email);
    const started = app.now().getTime();
    // One number is drawn either way: with two for a taken address, the next reference would tell which it was.
    let drawn: string | undefined;
    const onDrawn = (reference: string) => (drawn = reference);
    const answer = await create(app, customer, { takesProfile: true, onDrawn }).catch(async (error: unknown) => {
      if (!emailTaken.is(error)) throw error;
      await notifyExistingOwner(app, email);
      return otherwise(app, customer, drawn ?? (await nextReference(app, customer.store)));
    });
    return { answer, started };
  });
  await app.clock.wait(Math.max(0, started + app.config.SIGN_IN_REFUSAL_MS - app.now().getTime()));
  return answer;
}

/**
 * Registers for a program that must not tell whether an address has an account, yet is answered with a customer: for a
 * taken address one who is never stored, with a reference of their own, while the owner is told by mail.
 *
 * @throws {@link passwordRefused}, {@link emailInvalid}, {@link emailTooLong}, {@link rateLimited}
 */
export const registerQuietly = (app: App, customer: NewCustomer): Promise<Shopper> =>
  createOrNotify(app, customer, async (app, customer, reference): Promise<Shopper> => {
    const now = app.now();
    const { email, salutation, firstName, lastName, gender = null, dateOfBirth = null } = customer;
    const shown = { email, salutation, firstName, lastName, gender, dateOfBirth };
    const state = app.config.DOUBLE_OPT_IN ? 'unverified' : 'active';
    return { ...shown, id: newId(), number: 0, reference, state, accessEndedAt: null, createdAt: now, updatedAt: now };
  });

/**
 * Registers on behalf of a page that must not tell whether an address has an account: its owner is told by mail.
 *
 * @throws {@link passwordRefused}, {@link emailInvalid}, {@link emailTooLong}, {@link rateLimited}
 */
export async function registerSilently(app: App, customer: NewCustomer): Promise<void> {
  await createOrNotify(app, customer, () => Promise.resolve(undefined));
}
