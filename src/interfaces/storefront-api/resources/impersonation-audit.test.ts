import { beforeAll, describe, expect, test } from 'vitest';
import { api, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { activeCustomer } from '../../../../test/builders.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { entriesAbout } from '../../../domain/audit/index.ts';
import { anonymizeCustomer } from '../../../domain/customers/index.ts';

const world = useApp();

let duty: { id: string; accessToken: string };
beforeAll(async () => {
  const { id, email } = await agent(world);
  duty = { id, ...(await agentToken(world, email)) };
});

const impersonate = (attributes: { customerReference: string; reason?: unknown }) =>
  api(world, 'POST', '/agent-customer-impersonation-access-tokens', { token: duty.accessToken, attributes });

describe('the audit log', () => {
  test('says who acted for whom, and why', async () => {
    const customer = await activeCustomer(world);
    await impersonate({ customerReference: customer.reference, reason: 'Ticket 4711: <b>cannot</b> log in' });

    const [entry] = await entriesAbout(world.app.db, customer.id);

    expect(entry).toMatchObject({
      action: 'agents.impersonated',
      actor: 'agent',
      actorId: duty.id,
      door: 'storefront-api',
      facts: { agent: duty.id },
      changes: { reason: [null, 'Ticket 4711: <b>cannot</b> log in'] },
    });
    await anonymizeCustomer(world.app, customer.id);
    const erased = await entriesAbout(world.app.db, customer.id);
    expect(erased.find(({ action }) => action === 'agents.impersonated')).toMatchObject({
      actorId: duty.id,
      changes: null,
    });
  });

  test('names the agent beside the customer in what is done with the token, refreshed or not', async () => {
    const customer = await activeCustomer(world);
    const acting = await impersonate({ customerReference: customer.reference });
    const { accessToken, refreshToken } = acting.json.data.attributes;
    const refreshed = await api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken } });
    const rename = (token: string, firstName: string, headers: Record<string, string> = {}) =>
      api(world, 'PATCH', `/customers/${customer.reference}`, { token, headers, attributes: { firstName } });

    await rename(accessToken, 'Adam');
    await rename(refreshed.json.data.attributes.accessToken, 'Bea');
    const own = (await logIn(world, customer.email)).accessToken;
    await rename(own, 'Cleo', { 'X-Agent-Authorization': `Bearer ${duty.accessToken}` });
    await rename(own, 'Dora');

    const edits = (await entriesAbout(world.app.db, customer.id)).filter(({ changes }) =>
      Object.hasOwn(Object(changes), 'firstName'),
    );
    expect(edits.toReversed().map(({ actor, actorId }) => [actor, actorId])).toEqual([
      ['agent', duty.id],
      ['agent', duty.id],
      ['agent', duty.id],
      ['customer', customer.id],
    ]);
  });

  test.for<[name: string, reason: unknown]>([
    ['none', undefined],
    ['no text', { $ne: 1 }],
    ['a NUL', 'a\0b'],
    ['half a pair', '\uD83D'],
    ['a very long one', 'long '.repeat(10_000)],
  ])('takes a reason however it is written: %s', async ([, reason]) => {
    const customer = await activeCustomer(world);

    const answer = await impersonate({ customerReference: customer.reference, reason });

    expect(answer.status, answer.text).toBe(201);
  });

  test('cuts a long reason between characters, not within one', async () => {
    const customer = await activeCustomer(world);

    const answer = await impersonate({
      customerReference: customer.reference,
      reason: `${'x'.repeat(254)}\u{1F600}${'x'.repeat(50)}`,
    });

    expect(answer.status, answer.text).toBe(201);
  });
});
