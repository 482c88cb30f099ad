import { type App, transact } from '../../platform/app.ts';
import { refuseImpersonation } from '../../platform/impersonation.ts';
import { record } from '../audit/index.ts';
import { holdCustomer } from '../customers/index.ts';
import { emailMethod } from './email.ts';
import type { MfaMethod, Owner } from './method.ts';
import { mfaAlreadyActive, mfaCodeInvalid, mfaCodeMissing, mfaMethodUnknown } from './problems.ts';
import { activateMethod, beginMethod, deleteMethod, methodsOf } from './queries.ts';

/** In the order in which they are offered. */
const methods: readonly MfaMethod[] = [emailMethod];

/** Where a method stands for somebody. */
export interface MfaStatus {
  type: string;
  state: 'activated' | 'pending' | 'deactivated';
}

/** Every method there is: activated ones first, then those being activated, then the others. */
export async function mfaStatus(app: App, owner: Owner): Promise<MfaStatus[]> {
  const stored = await methodsOf(app.db, owner.id);
  const inState = (state: 'activated' | 'pending'): MfaStatus[] =>
    stored.filter((method) => method.state === state).map(({ type }) => ({ type, state }));
  const others = methods.filter(({ type }) => stored.every((method) => method.type !== type));
  return [
    ...inState('activated'),
    ...inState('pending'),
    ...others.map(({ type }): MfaStatus => ({ type, state: 'deactivated' })),
  ];
}

/** The methods that somebody has to prove themselves by; most have none. */
export async function activeMfa(app: App, owner: Owner): Promise<string[]> {
  return (await mfaStatus(app, owner)).filter(({ state }) => state === 'activated').map(({ type }) => type);
}

/**
 * Begins to activate a method: the owner is asked to prove it. Somebody with another active method proves that first.
 *
 * @throws {@link notWhileImpersonating}, {@link mfaMethodUnknown}, {@link mfaAlreadyActive}, {@link mfaCodeMissing},
 * {@link mfaCodeInvalid}, {@link mfaNotSent}
 */
export async function beginMfa(app: App, owner: Owner, type: string, code: string | undefined): Promise<void> {
  refuseImpersonation(app);
  const method = methodNamed(type);
  if ((await stateOf(app, owner, type)) === 'activated') throw mfaAlreadyActive({});
  await requireMfa(app, owner, code);
  await transact(app, async (app) => {
    if (owner.kind === 'customer') await holdCustomer(app, owner.id);
    if (!(await beginMethod(app.db, owner.id, type, app.now()))) throw mfaAlreadyActive({});
    await method.challenge(app, owner);
    await note(app, owner, 'mfa.begun', type);
  });
}

/**
 * Activates a method by its proof.
 *
 * @throws {@link mfaMethodUnknown}, {@link mfaAlreadyActive}, {@link mfaCodeInvalid}
 */
export async function activateMfa(app: App, owner: Owner, type: string, code: string): Promise<void> {
  refuseImpersonation(app);
  const method = methodNamed(type);
  const state = await stateOf(app, owner, type);
  if (state === 'activated') throw mfaAlreadyActive({});
  if (state !== 'pending') throw mfaMethodUnknown({});
  if (!(await method.verify(app, owner, code))) throw mfaCodeInvalid({});
  await transact(app, async (app) => {
    if (!(await activateMethod(app.db, owner.id, type, app.now()))) throw mfaMethodUnknown({});
    await note(app, owner, 'mfa.activated', type);
  });
}

/** Asks for the proof of an active method once more. @throws {@link mfaMethodUnknown}, {@link mfaNotSent} */
export async function challengeMfa(app: App, owner: Owner, type: string): Promise<void> {
  const method = methodNamed(type);
  if ((await stateOf(app, owner, type)) !== 'activated') throw mfaMethodUnknown({});
  await transact(app, (app) => method.challenge(app, owner));
}

/** Ends a method by its proof. @throws {@link mfaMethodUnknown}, {@link mfaCodeInvalid} */
export async function deactivateMfa(app: App, owner: Owner, type: string, code: string): Promise<void> {
  refuseImpersonation(app);
  const method = methodNamed(type);
  if ((await stateOf(app, owner, type)) !== 'activated') throw mfaMethodUnknown({});
  if (!(await method.verify(app, owner, code))) throw mfaCodeInvalid({});
  await transact(app, async (app) => {
    if (!(await deleteMethod(app.db, owner.id, type))) throw mfaMethodUnknown({});
    await method.forget(app, owner);
    await note(app, owner, 'mfa.deactivated', type);
  });
}

/**
 * Passes if an owner has no active method, or proves one of them. A code may be shown again while it lasts, as the
 * Storefront API's contract has it.
 *
 * @throws {@link mfaCodeMissing}, {@link mfaCodeInvalid}
 */
export async function requireMfa(app: App, owner: Owner, code: string | undefined): Promise<void> {
  await proveMethod(app, owner, code, { once: false });
}

/** A proof that is good for one change. Call one of the two when it is clear how the change ended. */
export interface MfaProof {
  spend(app: App): Promise<void>;
  giveBack(app: App): Promise<void>;
}

/**
 * The same with a code that was never shown before and is void after the change. Undefined for an owner without an active
 * method.
 *
 * @throws {@link mfaCodeMissing}, {@link mfaCodeInvalid}
 */
export async function proveMfaOnce(app: App, owner: Owner, code: string | undefined): Promise<MfaProof | undefined> {
  const method = await proveMethod(app, owner, code, { once: true });
  return method && { spend: (app) => method.forget(app, owner), giveBack: (app) => method.giveBack(app, owner) };
}

/** The method that was proven; undefined for an owner without an active one. */
async function proveMethod(app: App, owner: Owner, given: string | undefined, options: { once: boolean }) {
  const active = (await methodsOf(app.db, owner.id)).filter(({ state }) => state === 'activated');
  if (active.length === 0) return undefined;
  const code = given?.trim();
  if (!code) throw mfaCodeMissing({});
  for (const { type } of active) {
    const method = methodNamed(type);
    if (await method.verify(app, owner, code, options)) return method;
  }
  throw mfaCodeInvalid({});
}

function methodNamed(type: string): MfaMethod {
  const method = methods.find((method) => method.type === type);
  if (!method) throw mfaMethodUnknown({});
  return method;
}

async function stateOf(app: App, { id }: Owner, type: string): Promise<string | undefined> {
  return (await methodsOf(app.db, id)).find((method) => method.type === type)?.state;
}

async function note(app: App, { kind, id }: Owner, action: string, type: string): Promise<void> {
  await record(app, {
    action,
    ...(kind === 'customer' ? { customerId: id } : {}),
    facts: { method: type, ...(kind === 'staff' ? { staff: id } : {}) },
  });
}
