import { z } from 'zod';
import { enqueue, job } from '../../platform/jobs/job.ts';
import { sendLetter } from '../../platform/mail/send.ts';
import { issueCode, returnCode, verifyCode, voidCode } from '../codes/index.ts';
import { customerById, lockCustomer, recipient } from '../customers/index.ts';
import { staffById } from '../staff/index.ts';
import { mayRepeat } from '../throttle/index.ts';
import { type App, transact } from '../../platform/app.ts';
import type { MfaMethod, Owner } from './method.ts';
import { mfaNotSent } from './problems.ts';
import { methodsOf } from './queries.ts';

/** Seconds. */
const QUARTER = 900;
const DAY = 86_400;
/** With three guesses each, a stranger who has the password meets the right one in a year with one chance in eighteen. */
const CODES_A_DAY = 50;
const CODES_A_QUARTER = 30;

const purpose = 'mfa.email';
const use = ({ id }: Owner) => ({ ownerId: id, purpose });

/** A code by mail, to the address of the account. */
export const emailMethod: MfaMethod = {
  type: 'email',
  async challenge(app, owner) {
    // Counted apart from other mails, so that nobody's mails keep another's code away.
    const soon = await mayRepeat(app, `mfa ${owner.id}`, CODES_A_QUARTER, QUARTER);
    const today = await mayRepeat(app, `mfa today ${owner.id}`, CODES_A_DAY, DAY);
    if (!soon || !today) throw mfaNotSent({});
    await enqueue(app, sendMfaCode, owner);
  },
  verify: (app, owner, code, options) => verifyCode(app, use(owner), code, options),
  giveBack: (app, owner) => returnCode(app, use(owner)),
  forget: (app, owner) => voidCode(app, use(owner)),
};

/** The code is made when the mail is: it stands in no table and in no queue. */
export const sendMfaCode = job({
  name: 'mfa.send-code',
  payload: z.object({ kind: z.enum(['customer', 'staff']), id: z.uuid() }),
  async run(app, owner) {
    const person = await personOf(app, owner);
    if (!person || !(await isWanted(app, owner))) return;
    // With the customer held, nobody is erased or locked between the look and the code.
    const code = await transact(app, async (app) =>
      owner.kind === 'customer' && !(await lockCustomer(app.db, owner.id)) ? undefined : issueCode(app, use(owner)),
    );
    if (!code) return;
    const { codeLetter } = await import('./mail/letters.tsx');
    await sendLetter(app, person, codeLetter(app, person, code));
  },
});

/** Whether the method was not switched off since the code was asked for. */
const isWanted = async (app: App, { id }: Owner): Promise<boolean> =>
  (await methodsOf(app.db, id)).some(({ type }) => type === emailMethod.type);

async function personOf(
  app: App,
  { kind, id }: Owner,
): Promise<(ReturnType<typeof recipient> & { store: string | null }) | undefined> {
  const found = kind === 'customer' ? await customerById(app.db, id) : await staffById(app.db, id);
  if (!found || ['locked', 'blocked', 'deleted'].includes(found.state)) return undefined;
  return { ...recipient(found), store: 'store' in found ? found.store : null };
}
