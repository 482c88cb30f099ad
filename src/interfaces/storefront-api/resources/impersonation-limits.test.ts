import { describe, expect, test } from 'vitest';
import { api, claimsOf, errorsOf, logIn } from '../../../../test/api.ts';
import { useApp } from '../../../../test/app.ts';
import { browser } from '../../../../test/browser.ts';
import { activeCustomer, linkToken, PASSWORD } from '../../../../test/builders.ts';
import { company, companyUser } from '../../../../test/companies.ts';
import { agent, agentToken } from '../../../../test/staff.ts';
import { issueCode } from '../../../domain/codes/index.ts';
import { applyEffects, type Customer, customerById, requestEmailChange } from '../../../domain/customers/index.ts';
import { activateMfa, beginMfa, deactivateMfa } from '../../../domain/mfa/index.ts';
import { endSessionById, startSession } from '../../../domain/sessions/index.ts';
import type { App } from '../../../platform/app.ts';
import { newId } from '../../../platform/id.ts';
import { lifeCycle } from '../../../domain/customers/life-cycle.ts';

const world = useApp();
const NEXT = 'Another-Horse-8-Battery';
const REFUSED =
  '{"errors":[{"detail":"Action is not available while acting for a customer.","status":403,"code":"4190"}]}';

const pass = (seconds: number) => (world.now = new Date(world.now.getTime() + seconds * 1000));

type Use = [name: string, use: () => Promise<unknown>];

interface Tokens {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
}

async function acting(customer: Customer, attributes: object = {}, there = world) {
  const duty = await agent(there);
  const { accessToken: own } = await agentToken(there, duty.email);
  const answer = await api(there, 'POST', '/agent-customer-impersonation-access-tokens', {
    token: own,
    attributes: { customerReference: customer.reference, ...attributes },
  });
  return { duty, own, answer, ...(answer.json.data?.attributes as Tokens) };
}

const exchange = (refreshToken: string, token?: string) =>
  api(world, 'POST', '/refresh-tokens', { attributes: { refreshToken }, ...(token ? { token } : {}) });

describe('an agent who acts for a customer cannot take the account over', () => {
  /** What would, one by one, with the tokens that a request may carry. */
  const attempts = (customer: Customer): [name: string, method: string, path: string, attributes?: object][] => [
    ['change the email', 'PATCH', `/customers/${customer.reference}`, { email: `agents.${customer.email}` }],
    [
      'change the email beside the name',
      'PATCH',
      `/customers/${customer.reference}`,
      { firstName: 'Eve', email: 'e@x.test' },
    ],
    ['confirm', 'POST', '/customer-confirmation', { registrationKey: 'x' }],
    ['ask for a reset', 'POST', '/customer-forgotten-password', { email: customer.email }],
    [
      'reset',
      'PATCH',
      '/customer-restore-password/x',
      { restorePasswordKey: 'x', password: NEXT, confirmPassword: NEXT },
    ],
    [
      'change the password',
      'PATCH',
      `/customer-password/${customer.reference}`,
      { password: PASSWORD, newPassword: NEXT, confirmPassword: NEXT },
    ],
    ['erase', 'DELETE', `/customers/${customer.reference}`],
    ['begin a second factor', 'POST', '/multi-factor-auth-type-activate', { type: 'email' }],
    ['activate a second factor', 'POST', '/multi-factor-auth-type-verify', { type: 'email' }],
    ['end a second factor', 'POST', '/multi-factor-auth-type-deactivate', { type: 'email' }],
  ];

  test('with the token to act, nor beside the customer\u2019s own token', async () => {
    const customer = await activeCustomer(world);
    const { accessToken, own } = await acting(customer);
    const { accessToken: theirs } = await logIn(world, customer.email);
    const headers = [
      { Authorization: `Bearer ${accessToken}` },
      { Authorization: `Bearer ${accessToken}`, 'X-Agent-Authorization': `Bearer ${own}` },
      { Authorization: `Bearer ${theirs}`, 'X-Agent-Authorization': `Bearer ${own}` },
    ];

    for (const sent of headers)
      for (const [name, method, path, attributes] of attempts(customer)) {
        const answer = await api(world, method, path, { headers: sent, ...(attributes ? { attributes } : {}) });
        expect([name, answer.status, answer.text]).toEqual([name, 403, REFUSED]);
      }
    expect(await customerById(world.app.db, customer.id)).toEqual({
      ...customer,
      lastSignInAt: expect.any(Date),
    });
    expect((await world.mails(`agents.${customer.email}`)).length).toBe(0);
    await expect(logIn(world, customer.email)).resolves.toBeDefined();
  });

  test('with a company user chosen', async () => {
    const customer = await activeCustomer(world);
    const idCompanyUser = await companyUser(world, customer, await company(world));
    const { accessToken } = await acting(customer);
    const chosen = await api(world, 'POST', '/company-user-access-tokens', {
      token: accessToken,
      attributes: { idCompanyUser },
    });

    const answer = await api(world, 'DELETE', `/customers/${customer.reference}`, {
      token: chosen.json.data.attributes.accessToken,
    });

    expect(answer.text).toBe(REFUSED);
  });

  test('but changes what a customer asks for by phone: a profile that repeats the email too', async () => {
    const customer = await activeCustomer(world);
    const { accessToken: token } = await acting(customer);

    const answer = await api(world, 'PATCH', `/customers/${customer.reference}`, {
      token,
      attributes: { firstName: 'Helped', email: customer.email },
    });

    expect([answer.status, answer.json.data?.attributes.firstName]).toEqual([200, 'Helped']);
  });

  test('nor with a mailed key or a code that came into their hands', async () => {
    const customer = await activeCustomer(world);
    const owner = { kind: 'customer', id: customer.id } as const;
    await beginMfa(world.app, owner, 'email', undefined);
    await world.runJobs();
    const code = await issueCode(world.app, { ownerId: customer.id, purpose: 'mfa.email' });
    await api(world, 'POST', '/customer-forgotten-password', { attributes: { email: customer.email } });
    const restorePasswordKey = await linkToken(world, customer.email);
    const { accessToken: token } = await acting(customer);

    const reset = await api(world, 'PATCH', '/customer-restore-password/x', {
      token,
      attributes: { restorePasswordKey, password: NEXT, confirmPassword: NEXT },
    });
    const activate = await api(world, 'POST', '/multi-factor-auth-type-verify', {
      token,
      attributes: { type: 'email' },
      headers: { 'X-MFA-Code': code },
    });

    expect([reset.text, activate.text]).toEqual([REFUSED, REFUSED]);
  });

  test.for(['type-activate', 'type-verify', 'type-deactivate'])(
    'on the decoupled application either: %s',
    async (action) => {
      const customer = await activeCustomer(world);
      const { accessToken } = await acting(customer);

      const answer = await fetch(`${world.url}/glue-storefront/multi-factor-auth-${action}`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${accessToken}`,
          'Content-Type': 'application/json',
          'X-MFA-Code': '123456',
        },
        body: JSON.stringify({ type: 'email' }),
      });

      expect([answer.status, await answer.json()]).toEqual([
        403,
        [{ message: 'Action is not available while acting for a customer.', status: 403, code: '4190' }],
      ]);
    },
  );

  test('nor goes on with a refresh token of the customer, which stays good', async () => {
    const customer = await activeCustomer(world);
    const theirs = await logIn(world, customer.email);
    const { accessToken, refreshToken } = await acting(customer);

    expect((await exchange(theirs.refreshToken, accessToken)).text).toBe(REFUSED);
    const oauth = await fetch(`${world.url}/token`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: theirs.refreshToken }),
    });
    expect([oauth.status, await oauth.text()]).toEqual([403, REFUSED]);
    expect((await exchange(refreshToken, accessToken)).status).toBe(201);
    expect((await exchange(theirs.refreshToken)).status).toBe(201);
  });

  test('nor ends the customer\u2019s sessions, tokens and codes', async () => {
    const customer = await activeCustomer(world);
    const theirs = await logIn(world, customer.email);
    await issueCode(world.app, { ownerId: customer.id, purpose: 'mfa.email' });
    const { accessToken: token } = await acting(customer);

    await api(world, 'DELETE', '/refresh-tokens/mine', { token });
    await api(world, 'DELETE', `/refresh-tokens/${theirs.refreshToken}`, { token });

    expect((await exchange(theirs.refreshToken)).status).toBe(201);
    expect(await world.sql('select 1 from one_time_code where owner_id = $1', [customer.id])).toHaveLength(1);
  });

  test('whatever the channel: every event of the life cycle and every use case of control says no', async () => {
    const customer = await activeCustomer(world);
    const owner = { kind: 'customer', id: customer.id } as const;
    const { id: session } = await startSession(world.app, { customerId: customer.id, remembered: false });
    const app: App = {
      ...world.app,
      origin: { door: 'storefront-api', actor: 'agent', actorId: newId(), actingFor: customer.id },
    };
    const events = Object.keys(lifeCycle) as (keyof typeof lifeCycle)[];
    const uses: Use[] = [
      ...events.map((event): Use => [event, () => applyEffects(app, event, customer.id)]),
      ['requestEmailChange', () => requestEmailChange(app, customer.id, 'other@example.org')],
      ['beginMfa', () => beginMfa(app, owner, 'email', undefined)],
      ['activateMfa', () => activateMfa(app, owner, 'email', '123456')],
      ['deactivateMfa', () => deactivateMfa(app, owner, 'email', '123456')],
      ['endSessionById', () => endSessionById(app, customer.id, session)],
    ];

    expect(events.length).toBeGreaterThan(5);
    for (const [name, use] of uses) await expect(use(), name).rejects.toThrow('impersonation.not-allowed');
  });
});

describe('acting for a customer lasts an hour', () => {
  test('as the tokens say', async () => {
    const { accessToken, expiresIn } = await acting(await activeCustomer(world));
    const { exp, iat } = claimsOf(accessToken) as { exp: number; iat: number };

    expect(expiresIn).toBe(3600);
    expect(Math.round(exp - iat)).toBe(3600);
  });

  test('however often the tokens are refreshed or a company user is chosen', async () => {
    const customer = await activeCustomer(world);
    const idCompanyUser = await companyUser(world, customer, await company(world));
    const first = await acting(customer);
    pass(3000);

    const refreshed: Tokens = (await exchange(first.refreshToken)).json.data.attributes;
    const chosen: Tokens = (
      await api(world, 'POST', '/company-user-access-tokens', {
        token: refreshed.accessToken,
        attributes: { idCompanyUser },
      })
    ).json.data.attributes;
    const last: Tokens = (await exchange(chosen.refreshToken)).json.data.attributes;

    for (const { expiresIn } of [refreshed, chosen, last]) {
      expect(expiresIn).toBeGreaterThan(590);
      expect(expiresIn).toBeLessThanOrEqual(600);
    }
    // Thirty seconds more are those by which two clocks may differ.
    pass(631);
    for (const { accessToken, refreshToken } of [first, refreshed, chosen, last]) {
      expect(errorsOf(await api(world, 'GET', '/customers', { token: accessToken }))).toEqual(['401/001']);
      expect(errorsOf(await exchange(refreshToken))).toEqual(['401/004']);
    }
  });
});

test('an agent beside a customer\u2019s own token acts no longer than an hour either', async () => {
  const customer = await activeCustomer(world);
  const idCompanyUser = await companyUser(world, customer, await company(world));
  const { own } = await acting(customer);
  const { accessToken } = await logIn(world, customer.email);

  const { json } = await api(world, 'POST', '/company-user-access-tokens', {
    headers: { Authorization: `Bearer ${accessToken}`, 'X-Agent-Authorization': `Bearer ${own}` },
    attributes: { idCompanyUser },
  });

  expect(json.data.attributes.expiresIn).toBe(3600);
});

describe('the customer learns of it', () => {
  test('by one email for each time, which names customer service and no reason', async () => {
    const customer = await activeCustomer(world);
    const { refreshToken, accessToken } = await acting(customer, { reason: 'Ticket 4711' });
    await exchange(refreshToken);
    await api(world, 'GET', '/customers', { token: accessToken });

    const mails = (await world.mails(customer.email)).filter(({ subject }) => /acting in your account/.test(subject));

    expect(mails.map(({ text }) => text)).toEqual([
      expect.stringMatching(/Customer service acted for you: Jan 1, 2026, \d+:\d\d\s[AP]M, until \d+:\d\d\s[AP]M/),
    ]);
    expect(mails[0]?.text).not.toContain('4711');
  });

  test('in the account', async () => {
    const customer = await activeCustomer(world);
    const shopper = browser(world);
    await shopper.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });
    expect((await shopper.get('/customer/overview')).html).not.toContain('Customer service in your account');
    await acting(customer, { reason: 'Ticket 4711' });

    const { html } = await shopper.get('/customer/overview');

    expect(html).toContain('Customer service in your account');
    expect(html).toMatch(/Customer service acted for you: Jan 1, 2026/);
    expect(html).not.toContain('4711');
    pass(91 * 86_400);
    await shopper.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });
    expect((await shopper.get('/customer/overview')).html).not.toContain('Customer service in your account');
  });

  test('but a stranger does not whose address was never confirmed', async () => {
    const customer = await activeCustomer(world);
    await world.sql('update customer set verified_at = null where id = $1', [customer.id]);
    const before = (await world.mails(customer.email)).length;
    await acting(customer);

    expect((await world.mails(customer.email)).length).toBe(before);
  });
});

describe('where the shop wants to', () => {
  const strict = useApp({
    IMPERSONATION_SECONDS: '300',
    IMPERSONATION_REASON_REQUIRED: 'true',
    IMPERSONATION_AGENT_SHOWN: 'true',
    IMPERSONATION_REASON_SHOWN: 'true',
  });

  test.for([{}, { reason: '' }, { reason: '  \t' }, { reason: 4711 }])(
    'a reason is required: %j is 422',
    async (given) => {
      const customer = await activeCustomer(strict);
      const { answer } = await acting(customer, given, strict);

      expect([answer.status, answer.text]).toEqual([
        422,
        '{"errors":[{"detail":"reason => This value should not be blank.","status":422,"code":"901"}]}',
      ]);
      expect(await strict.mails(customer.email)).toEqual([]);
    },
  );

  test('time is shorter, and the customer reads who it was and why', async () => {
    const customer = await activeCustomer(strict);
    const { expiresIn } = await acting(customer, { reason: 'Ticket <b>4711</b>' }, strict);
    const shopper = browser(strict);
    await shopper.submit('/login', 'loginForm', { email: customer.email, password: PASSWORD });

    expect(expiresIn).toBe(300);
    const [mail] = await strict.mails(customer.email);
    expect(mail?.text).toMatch(/\w+ \w+ acted for you/);
    expect(mail?.text).toContain('Reason: Ticket <b>4711</b>');
    expect((await shopper.get('/customer/overview')).html).toContain('Reason: Ticket &lt;b&gt;4711&lt;/b&gt;');
  });

  test('a reason with a link is in no email', async () => {
    const customer = await activeCustomer(strict);
    await acting(customer, { reason: 'see evil.example' }, strict);

    expect((await strict.mails(customer.email))[0]?.text).not.toContain('evil');
  });

  const silent = useApp({ IMPERSONATION_EMAIL: 'false' });
  test('no email is sent', async () => {
    const customer = await activeCustomer(silent);
    await acting(customer, {}, silent);

    expect(await silent.mails(customer.email)).toEqual([]);
  });
});
