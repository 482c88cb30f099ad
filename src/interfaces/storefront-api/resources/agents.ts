import { z } from 'zod';
import { impersonate, impersonationReasonMissing, impersonationRefused } from '../../../domain/agents/index.ts';
import { findCustomers } from '../../../domain/customers/index.ts';
import { signInRefused, signInStaffForTokens, staffAccount } from '../../../domain/sign-in/index.ts';
import { tooManyAttempts } from '../../../domain/throttle/index.ts';
import { forAgents, forAnyone, resource } from '../resource.ts';
import { agentSignInRefused } from '../wire-problems.ts';
import { textOf } from './text-of.ts';
import { TokenAttributes, tokenItem } from './token-item.ts';

/** Sign-in of agents. Missing and wrong credentials answer the same error, see docs/glue/agents.md#sign-in. */
export const agentAccessTokens = resource({
  type: 'agent-access-tokens',
  shows: TokenAttributes,
  named: false,
  operations: [
    forAnyone({
      method: 'POST',
      summary: 'Log in as an agent',
      whileImpersonating: true,
      takes: ['username', 'password'],
      lockout: (given) => ({ door: 'agent', account: staffAccount(textOf(given, 'username')) }),
      problems: [agentSignInRefused({}), tooManyAttempts({ minutes: 6 })],
      async handle({ app, given }) {
        const credentials = { email: textOf(given, 'username'), password: textOf(given, 'password') };
        try {
          const tokens = await signInStaffForTokens(app, { ...credentials, door: 'agent' });
          return { items: [tokenItem('agent-access-tokens', tokens)] };
        } catch (error) {
          throw signInRefused.is(error) ? agentSignInRefused({}) : error;
        }
      },
    }),
  ],
});

const FIRST_PAGE = { offset: 0, limit: 10 };

/** Finds customers: one resource that holds a page of them, see docs/glue/agents.md#customer-search. */
export const agentCustomerSearch = resource({
  type: 'agent-customer-search',
  shows: z.object({
    customers: z.array(
      z.object({
        customerReference: z.string(),
        email: z.string(),
        firstName: z.string().nullable(),
        lastName: z.string().nullable(),
      }),
    ),
  }),
  named: false,
  operations: [
    forAgents({
      method: 'GET',
      at: 'many',
      summary: 'Find customers',
      paged: true,
      query: { q: 'Beginning of an address or a name in any letter case, or a whole reference' },
      async handle({ app, query, page = FIRST_PAGE }) {
        const { items, total } = await findCustomers(app.db, (query.get('q') ?? '').replaceAll('\0', ''), page);
        const customers = items.map(({ reference, email, firstName, lastName }) => ({
          customerReference: reference,
          email,
          firstName,
          lastName,
        }));
        return { items: [{ type: 'agent-customer-search', id: null, attributes: { customers } }], total, page };
      },
    }),
  ],
});

/** Issues tokens that act for a customer, see docs/glue/agents.md#acting-for-a-customer. */
export const agentCustomerImpersonationAccessTokens = resource({
  type: 'agent-customer-impersonation-access-tokens',
  shows: TokenAttributes,
  named: false,
  operations: [
    forAgents({
      method: 'POST',
      summary: 'Act for a customer; a reason goes into the audit log',
      takes: ['customerReference', 'reason'],
      problems: [impersonationRefused({}), impersonationReasonMissing({})],
      async handle({ app, agent, given }) {
        const tokens = await impersonate(app, agent, textOf(given, 'customerReference'), textOf(given, 'reason'));
        return { items: [tokenItem('agent-customer-impersonation-access-tokens', tokens)] };
      },
    }),
  ],
});
