import { z } from 'zod';
import { count, seconds } from './config-fields.ts';

const own = z.coerce.number().int().positive().optional();

/** The lockout of one kind of account where it is not that of customers. */
const lockoutOf = <Prefix extends 'AGENT' | 'STAFF'>(prefix: Prefix, whose: string) => {
  const fields = {
    [`${prefix}_SIGN_IN_ATTEMPTS`]: own.describe(
      `Failed log-ins of ${whose} from one network before it is blocked. Unset: as SIGN_IN_ATTEMPTS`,
    ),
    [`${prefix}_SIGN_IN_WINDOW_SECONDS`]: own.describe(
      `Seconds in which failed log-ins of ${whose} are counted together. Unset: as SIGN_IN_WINDOW_SECONDS`,
    ),
    [`${prefix}_SIGN_IN_BLOCK_SECONDS`]: own.describe(
      `Seconds a block of ${whose} lasts. Unset: as SIGN_IN_BLOCK_SECONDS`,
    ),
  };
  return fields as Record<`${Prefix}_SIGN_IN_${'ATTEMPTS' | 'WINDOW_SECONDS' | 'BLOCK_SECONDS'}`, typeof own>;
};

/** When failed log-ins block an account: of customers, and apart of agents and of other staff users. */
export const lockoutSettings = {
  SIGN_IN_ATTEMPTS: count(9).describe('Failed log-ins of one account from one network before it is blocked'),
  SIGN_IN_WINDOW_SECONDS: seconds(900).describe('Seconds in which failed log-ins are counted together'),
  SIGN_IN_BLOCK_SECONDS: seconds(360).describe('Seconds a block lasts'),
  SIGN_IN_ACCOUNT_ATTEMPTS: count(50).describe('Failed log-ins of one account over all networks, per hour'),
  SIGN_IN_NETWORK_ATTEMPTS: count(300).describe(
    'Failed log-ins from one network over all accounts, per quarter of an hour',
  ),
  ...lockoutOf('AGENT', 'an agent'),
  ...lockoutOf('STAFF', 'a staff user'),
};
