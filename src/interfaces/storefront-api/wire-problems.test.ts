import { expect, test } from 'vitest';
import * as addresses from '../../domain/addresses/index.ts';
import * as agents from '../../domain/agents/index.ts';
import * as availability from '../../domain/availability/index.ts';
import * as companies from '../../domain/companies/index.ts';
import * as credentials from '../../domain/credentials/index.ts';
import * as customers from '../../domain/customers/index.ts';
import * as links from '../../domain/links/index.ts';
import * as mfa from '../../domain/mfa/index.ts';
import * as orders from '../../domain/orders/index.ts';
import * as passwords from '../../domain/passwords/index.ts';
import * as signIn from '../../domain/sign-in/index.ts';
import * as stores from '../../domain/stores/index.ts';
import * as throttle from '../../domain/throttle/index.ts';
import * as tokens from '../../domain/tokens/index.ts';
import { isOnTheWire } from './wire-problems.ts';

/** Problems that no request to this API can meet. */
const elsewhere = new Set(['passwords.hash-unusable', 'orders.feed-refused', 'tokens.secret-rotating']);

const codes = [
  addresses,
  agents,
  availability,
  companies,
  credentials,
  customers,
  links,
  mfa,
  orders,
  passwords,
  signIn,
  stores,
  throttle,
  tokens,
]
  .flatMap((domain): unknown[] => Object.values(domain))
  .flatMap((face) => (typeof face === 'function' && 'code' in face && 'status' in face ? [String(face.code)] : []));

test('the domains have problems at all', () => {
  expect(codes.length).toBeGreaterThan(10);
});

test.for(codes.filter((code) => !elsewhere.has(code)))('%s has words on the wire', (code) => {
  expect(isOnTheWire(code), 'add it to wire-problems.ts').toBe(true);
});
