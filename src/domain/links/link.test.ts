import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { browser } from '../../../test/browser.ts';
import { linkToken, PASSWORD, somebody } from '../../../test/builders.ts';
import { transact } from '../../platform/app.ts';
import { hashToken } from '../../platform/crypto/token.ts';
import { changePassword, requestReset, resetPassword, revokePassword } from '../credentials/index.ts';
import {
  anonymizeCustomer,
  confirmCustomer,
  confirmEmailChange,
  type Customer,
  lockAccount,
  registerCustomer,
  requestEmailChange,
  resendConfirmation,
  unlockAccount,
} from '../customers/index.ts';
import { unblockByLink } from '../sign-in/index.ts';
import { issueLink, readLink, redeemLink, sweepLinks } from './index.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';
const kinds = ['confirm', 'reset', 'invitation', 'email-change', 'unlock'] as const;
type Kind = (typeof kinds)[number];

async function customer(): Promise<Customer> {
  const registered = await registerCustomer(world.app, somebody());
  await world.sql('update customer set verified_at = created_at where id = $1', [registered.id]);
  return { ...registered, state: 'active' };
}

const unconfirmed = () => registerCustomer(world.app, somebody());
const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));
const issue = (kind: Kind, { id, email }: Customer) =>
  issueLink(world.app, kind, id, kind === 'email-change' ? `new.${email}` : null);

/** What each kind of link is for. */
const uses: Record<Kind, (token: string) => Promise<unknown>> = {
  confirm: (token) => confirmCustomer(world.app, token),
  reset: (token) => resetPassword(world.app, token, NEXT),
  invitation: (token) => resetPassword(world.app, token, NEXT),
  'email-change': (token) => confirmEmailChange(world.app, token),
  unlock: (token) => unblockByLink(world.app, token),
};

/** Somebody who may use a link of a kind. */
const ownerOf = (kind: Kind) => (kind === 'confirm' ? unconfirmed() : customer());

test('of a mailed link only the hash is stored', async () => {
  const { email } = await unconfirmed();
  const token = await linkToken(world, email);
  const tables = await world.sql(
    "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema in ('public', 'pgboss') and table_name <> 'mailbox' and table_type = 'BASE TABLE'",
  );

  for (const { name } of tables) {
    const found = await world.sql(
      `select 1 from ${String(name)} t where position($1 in t::text) > 0 or position($2 in t::text) > 0`,
      [token, Buffer.from(token, 'base64url').toString('hex')],
    );
    expect(found, String(name)).toEqual([]);
  }
  expect(await world.sql('select kind from link where token_hash = $1', [hashToken(token)])).toEqual([
    { kind: 'confirm' },
  ]);
});

test('a token has 256 random bits', async () => {
  const owner = await customer();
  const tokens = [await issue('reset', owner), await issue('reset', owner)];

  for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(tokens[0]).not.toBe(tokens[1]);
});

test.for(kinds)('a link to %s works once', async (kind) => {
  const token = await issue(kind, await ownerOf(kind));

  await uses[kind](token);
  await expect(uses[kind](token)).rejects.toThrow('links.invalid');
});

test.for(kinds)('of parallel uses of a link to %s one wins', async (kind) => {
  const token = await issue(kind, await ownerOf(kind));

  const ends = await Promise.allSettled(Array.from({ length: 8 }, () => uses[kind](token)));

  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  expect(new Set(reasons)).toEqual(new Set(['Problem: links.invalid']));
});

test.for(kinds)('only the newest link to %s works', async (kind) => {
  const owner = await ownerOf(kind);
  const [older, newer] = [await issue(kind, owner), await issue(kind, owner)];

  await expect(uses[kind](older)).rejects.toThrow('links.invalid');
  await uses[kind](newer);
});

test('of a reset link and an invitation the newer works: both set a password', async () => {
  const owner = await customer();
  const [invitation, reset] = [await issue('invitation', owner), await issue('reset', owner)];

  await expect(uses.invitation(invitation)).rejects.toThrow('links.invalid');
  await uses.reset(reset);
});

test('of links issued at once one is left', async () => {
  for (let round = 0; round < 10; round++) {
    const owner = await customer();
    await Promise.all(Array.from({ length: 6 }, () => issue('reset', owner)));

    expect(await world.sql("select kind from link where customer_id = $1 and kind = 'reset'", [owner.id])).toHaveLength(
      1,
    );
  }
});

test("somebody else's link stays", async () => {
  const [jane, john] = [await customer(), await customer()];
  const token = await issue('reset', jane);
  await issue('reset', john);

  await expect(uses.reset(token)).resolves.toBeUndefined();
});

test.for([
  ['confirm', 7 * 86_400],
  ['reset', 2 * 3600],
  ['email-change', 30 * 60],
  ['invitation', 14 * 86_400],
  ['unlock', 3600],
] as const)('a link to %s lives %i seconds', async ([kind, seconds]) => {
  const early = await issue(kind, await ownerOf(kind));
  const late = await issue(kind, await ownerOf(kind));

  pass(seconds - 5);
  await uses[kind](early);
  pass(5);
  await expect(uses[kind](late)).rejects.toThrow('links.expired');
  await expect(readLink(world.app, kind, late)).rejects.toThrow('links.expired');
});

test('an expired link is told apart from an unknown one for a month', async () => {
  const token = await issue('reset', await customer());
  pass(29 * 86_400);
  await sweepLinks.start(world.app, {});
  await expect(uses.reset(token)).rejects.toThrow('links.expired');
  pass(2 * 86_400);
  await sweepLinks.start(world.app, {});
  await expect(uses.reset(token)).rejects.toThrow('links.invalid');
});

test('a link of one kind is good for no other', async () => {
  for (const kind of kinds) {
    const token = await issue(kind, await customer());
    const others = kinds.filter(
      (other) => other !== kind && !(['reset', 'invitation'].includes(kind) && ['reset', 'invitation'].includes(other)),
    );
    for (const other of others)
      await expect(uses[other](token), `${kind} for ${other}`).rejects.toThrow('links.invalid');
    await expect(readLink(world.app, kind, token)).resolves.toMatchObject({ kind });
  }
});

test.for(['', 'x', '\0', 'a'.repeat(10_000)])('%j is no link', async (token) => {
  for (const kind of kinds) await expect(uses[kind](token)).rejects.toThrow('links.invalid');
});

test('a password that is refused leaves the link', async () => {
  const token = await issue('reset', await customer());

  await expect(resetPassword(world.app, token, 'password')).rejects.toThrow('passwords.refused');
  await resetPassword(world.app, token, NEXT);
});

test('a change that fails leaves the link', async () => {
  const token = await issue('reset', await customer());

  const failing = transact(world.app, async (app) => {
    await redeemLink(app, 'reset', token);
    throw new Error('later');
  });
  await expect(failing).rejects.toThrow('later');
  await uses.reset(token);
});

test.for([
  ['/register/confirm?token=', 'confirmForm', 'confirm'],
  ['/password/restore?token=', 'restoreForm', 'reset'],
  ['/customer-data-change-request/change-email?verification_token=', 'changeEmailForm', 'email-change'],
  ['/login/unlock?token=', 'unlockForm', 'unlock'],
] as const)('opening %s uses nothing up, sending its form does', async ([path, form, kind]) => {
  const token = await issue(kind, await ownerOf(kind));
  const visitor = browser(world);

  for (let at = 0; at < 3; at++) expect((await visitor.get(path + token)).status).toBe(200);
  const sent = await visitor.submit(
    path + token,
    form,
    kind === 'reset' ? { 'password.pass': NEXT, 'password.confirm': NEXT } : {},
  );
  expect(sent.status).toBe(302);
  expect((await visitor.get(path + token)).status).toBe(422);
});

const events: [what: string, happen: (owner: Customer) => Promise<unknown>][] = [
  ['a change of password', ({ id }) => changePassword(world.app, { customerId: id, current: PASSWORD, next: NEXT })],
  ['a reset', async (owner) => resetPassword(world.app, await issue('reset', owner), NEXT)],
  ['a change of address', async (owner) => confirmEmailChange(world.app, await issue('email-change', owner))],
  ['a revocation', ({ id }) => revokePassword(world.app, id)],
  ['a lock', ({ id }) => lockAccount(world.app, id)],
  ['an anonymization', ({ id }) => anonymizeCustomer(world.app, id)],
];

test.for(events)('%s ends every link', async ([what, happen]) => {
  const owner = await customer();
  const used =
    what === 'a reset' ? ['reset', 'invitation'] : what === 'a change of address' ? ['email-change'] : ['invitation'];
  const others = kinds.filter((kind) => !used.includes(kind));
  const tokens = new Map<Kind, string>();
  for (const kind of others) tokens.set(kind, await issue(kind, owner));

  await happen(owner);

  for (const [kind, token] of tokens)
    await expect(readLink(world.app, kind, token), kind).rejects.toThrow('links.invalid');
});

test.for(events)(
  '%s ends a change of address that was asked for before and whose mail leaves after',
  async ([, happen]) => {
    const owner = await customer();
    await world.runJobs();
    await requestEmailChange(world.app, owner.id, `thief.${owner.email}`);
    await happen(owner);

    const [mail] = await world.mails(`thief.${owner.email}`);
    const token = /verification_token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    await expect(confirmEmailChange(world.app, token)).rejects.toThrow('links.invalid');
  },
);

test('a locked account is mailed no link, and its old ones stay dead once it is open again', async () => {
  const owner = await customer();
  const token = await issue('reset', owner);
  await world.runJobs();
  await lockAccount(world.app, owner.id);
  await requestReset(world.app, owner.email);

  expect(await world.mails(owner.email)).toEqual([]);
  await unlockAccount(world.app, owner.id);
  await expect(uses.reset(token)).rejects.toThrow('links.invalid');
});

test('only the newest of the links that were mailed works', async () => {
  const { email } = await unconfirmed();
  const first = await linkToken(world, email);
  pass(61);
  await resendConfirmation(world.app, email);
  const second = await linkToken(world, email);

  await expect(confirmCustomer(world.app, first)).rejects.toThrow('links.invalid');
  await confirmCustomer(world.app, second);
});

test('links in mails start with the configured address, whatever the request says of its own', async () => {
  const { email } = await customer();
  await world.runJobs();
  const headers = {
    Host: 'evil.example',
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'https',
    Forwarded: 'host=evil.example',
  };

  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email }, headers });

  const [mail] = await world.mails(email);
  expect(mail?.text).toContain('http://shop.test/password/restore?token=');
  expect(`${mail?.text}${mail?.html}`).not.toContain('evil');
});
