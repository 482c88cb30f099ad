import { z } from 'zod';
import {
  activateMfa,
  beginMfa,
  challengeMfa,
  deactivateMfa,
  mfaAlreadyActive,
  mfaCodeInvalid,
  mfaCodeMissing,
  mfaMethodUnknown,
  mfaNotSent,
  mfaStatus,
  type Owner,
} from '../../../domain/mfa/index.ts';
import type { App } from '../../../platform/app.ts';
import type { Problem } from '../../../platform/problem.ts';
import { type AskOf, forCustomers, type Item, noContent, resource } from '../resource.ts';
import { mfaCustomerMissing, mfaTypeMissing } from '../wire-problems.ts';
import { textOf } from './text-of.ts';

/** What a second factor's state is called on the wire. */
const states = { activated: 'activated', pending: 'activation is pending', deactivated: 'deactivated' } as const;

const ownerOf = ({ bearer }: AskOf<unknown>): Owner => ({ kind: 'customer', id: bearer.customer.id });
const nobody = () => mfaCustomerMissing({});

/** Second factors of a customer or staff user, see docs/glue/second-factors.md#operations. */
export async function mfaItems(app: App, owner: Owner): Promise<Item[]> {
  const methods = await mfaStatus(app, owner);
  return methods.map(({ type, state }) => ({
    type: 'multi-factor-auth-types',
    id: null,
    attributes: { type, status: states[state] },
  }));
}

/** Operations on a second factor, with their checks in the order of docs/glue/second-factors.md#operations. */
export interface MfaAction {
  type: string;
  summary: string;
  /** Whether the code has to be there before anything else is looked at. */
  needsCode: boolean;
  /** An agent who acts for the customer may ask for a code, which goes to the customer, and do no more. */
  whileImpersonating?: true;
  problems: readonly Problem[];
  run(app: App, owner: Owner, method: string, code: string | undefined): Promise<void>;
}

export const mfaActions: readonly MfaAction[] = [
  {
    type: 'multi-factor-auth-type-activate',
    summary: 'Begin to activate a second factor: a code is mailed',
    needsCode: false,
    problems: [
      mfaTypeMissing({}),
      mfaMethodUnknown({}),
      mfaAlreadyActive({}),
      mfaCodeMissing({}),
      mfaCodeInvalid({}),
      mfaNotSent({}),
    ],
    run: beginMfa,
  },
  {
    type: 'multi-factor-auth-type-verify',
    summary: 'Activate a second factor with the code that was mailed',
    needsCode: true,
    problems: [mfaCodeMissing({}), mfaTypeMissing({}), mfaMethodUnknown({}), mfaAlreadyActive({}), mfaCodeInvalid({})],
    run: (app, owner, method, code = '') => activateMfa(app, owner, method, code),
  },
  {
    type: 'multi-factor-auth-trigger',
    summary: 'Ask for a code of an active second factor',
    needsCode: false,
    whileImpersonating: true,
    problems: [mfaTypeMissing({}), mfaMethodUnknown({}), mfaNotSent({})],
    run: challengeMfa,
  },
  {
    type: 'multi-factor-auth-type-deactivate',
    summary: 'Switch a second factor off with a code of it',
    needsCode: true,
    problems: [mfaCodeMissing({}), mfaTypeMissing({}), mfaMethodUnknown({}), mfaCodeInvalid({})],
    run: (app, owner, method, code = '') => deactivateMfa(app, owner, method, code),
  },
];

/** Runs an action with what a request gave. Throws the problems of the action. */
export async function runMfa(
  app: App,
  action: MfaAction,
  { owner, type, code }: { owner: Owner; type: string; code: string | undefined },
): Promise<void> {
  if (action.needsCode && !code?.trim()) throw mfaCodeMissing({});
  if (!type) throw mfaTypeMissing({});
  await action.run(app, owner, type, code?.trim());
}

const multiFactorAuthTypes = resource({
  type: 'multi-factor-auth-types',
  shows: z.object({ type: z.string(), status: z.enum(['activated', 'activation is pending', 'deactivated']) }),
  named: false,
  operations: [
    forCustomers({
      method: 'GET',
      at: 'many',
      summary: 'Second factors there are, and where each stands',
      nobody,
      handle: async (ask) => ({ items: await mfaItems(ask.app, ownerOf(ask)) }),
    }),
  ],
});

/** Second factors of a customer, see docs/glue/second-factors.md. */
export const mfaResources = [
  multiFactorAuthTypes,
  ...mfaActions.map((action) =>
    resource({
      type: action.type,
      shows: z.object({}),
      operations: [
        forCustomers({
          method: 'POST',
          summary: action.summary,
          takes: ['type'],
          takesCode: true,
          ...(action.whileImpersonating ? { whileImpersonating: true } : {}),
          // Where a code has to be there, that comes before who is asking.
          nobody: ({ code }) => (action.needsCode && !code?.trim() ? mfaCodeMissing({}) : nobody()),
          silent: true,
          problems: action.problems,
          async handle(ask) {
            const { app, given, code } = ask;
            await runMfa(app, action, { owner: ownerOf(ask), type: textOf(given, 'type'), code });
            return noContent;
          },
        }),
      ],
    }),
  ),
];
