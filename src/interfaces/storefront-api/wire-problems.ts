import { passwordWrong } from '../../domain/credentials/index.ts';
import {
  customerLocked,
  customerNotFound,
  emailInvalid,
  emailTaken,
  emailTooLong,
  transitionRefused,
} from '../../domain/customers/index.ts';
import { linkExpired, linkInvalid } from '../../domain/links/index.ts';
import { passwordRefused, type Violation as PasswordViolation } from '../../domain/passwords/index.ts';
import { signInRefused } from '../../domain/sign-in/index.ts';
import { storeUnknown } from '../../domain/stores/index.ts';
import { tooManyAttempts } from '../../domain/throttle/index.ts';
import { accessTokenInvalid, refreshRefused } from '../../domain/tokens/index.ts';
import type { Translate } from '../../i18n/index.ts';
import { bodyTooLarge } from '../../platform/http/incoming.ts';
import { databaseAway } from '../../platform/database/open.ts';
import { overloaded, problem, Problem, type ProblemKind, several } from '../../platform/problem.ts';
import type { Violation } from './rules.ts';

/** One entry of `errors`; members in the order they are sent. */
export interface WireError {
  detail: string;
  status: number;
  code?: string;
}

// Problems of the framework, §1.1 and §19. Those with `plain` answer text instead of JSON.
export const notFound = problem('storefront-api.not-found', 404);
export const postDataInvalid = problem('storefront-api.post-data-invalid', 400);
export const typeInvalid = problem('storefront-api.type-invalid', 400);
export const idMissing = problem('storefront-api.id-missing', 400);
export const plain = problem<{ status: number; text: string }>('storefront-api.plain', 400);
export const accessTokenMissing = problem('storefront-api.access-token-missing', 403);
export const identitiesConflict = problem('storefront-api.identities-conflict', 400);
export const agentTokenInvalid = problem('storefront-api.agent-token-invalid', 401);
export const attributesInvalid = problem<{ violations: readonly Violation[] }>(
  'storefront-api.attributes-invalid',
  422,
);
export const currencyInvalid = problem('storefront-api.currency-invalid', 400);
export const priceModeInvalid = problem('storefront-api.price-mode-invalid', 400);
export const notYours = problem('storefront-api.not-yours', 403);
export const termsNotAccepted = problem('storefront-api.terms-not-accepted', 400);
export const passwordsDiffer = problem<{ first: string; second: string }>('storefront-api.passwords-differ', 422);
export const restoreKeyInvalid = problem('storefront-api.restore-key-invalid', 422);
export const restoreFailed = problem('storefront-api.restore-failed', 400);
export const registrationFailed = problem('storefront-api.registration-failed', 500);

const fixed = (status: number, code: string, detail: string) => (): WireError[] => [{ detail, status, code }];
const uncoded = (status: number, detail: string) => (): WireError[] => [{ detail, status }];

const passwordErrors: Record<PasswordViolation, WireError> = {
  common: { detail: 'The password is listed as common.', status: 400, code: '422' },
  personal: { detail: 'The password is listed as common.', status: 400, code: '422' },
  weak: { detail: 'The password is listed as common.', status: 400, code: '422' },
  'too-short': { detail: 'The password is too short.', status: 400, code: '418' },
  'too-long': { detail: 'The password is too long.', status: 400, code: '419' },
  repeats: { detail: 'The password contains sequence of the same character.', status: 400, code: '421' },
  characters: { detail: 'The password character set is invalid.', status: 400, code: '420' },
  breached: {
    detail:
      'password => This password has been leaked in a data breach, it must not be used. Please use another password.',
    status: 422,
    code: '901',
  },
};

type Translation = (thrown: Problem, t: Translate) => WireError[];
const wire = new Map<string, Translation>();

/** Says how a problem looks on the wire. */
function on<Details extends object>(
  kind: ProblemKind<Details>,
  translate: (details: Details, t: Translate) => WireError[],
) {
  wire.set(kind.code, (thrown, t) => (kind.is(thrown) ? translate(thrown.details, t) : []));
}

on(notFound, uncoded(404, 'Not Found'));
on(postDataInvalid, uncoded(400, 'Post data is invalid.'));
on(typeInvalid, uncoded(400, 'Invalid type.'));
on(idMissing, uncoded(400, 'Resource id is not specified.'));
on(bodyTooLarge, uncoded(413, 'Request body is too large.'));
on(plain, ({ status, text }) => [{ detail: text, status }]);
on(accessTokenInvalid, fixed(401, '001', 'Invalid access token.'));
on(accessTokenMissing, fixed(403, '002', 'Missing access token.'));
on(signInRefused, fixed(401, '003', 'Failed to authenticate user.'));
on(refreshRefused, fixed(401, '004', 'Failed to refresh token.'));
on(
  identitiesConflict,
  fixed(400, '005', "Headers request error. A user can't act as logged and not logged user at the same time."),
);
on(currencyInvalid, fixed(400, '313', 'Currency is invalid.'));
on(priceModeInvalid, fixed(400, '314', 'Price mode is invalid.'));
on(
  emailTaken,
  fixed(
    422,
    '400',
    'If this email address is already in use, you will receive a password reset link. Otherwise you must first validate your e-mail address to finish registration. Please check your e-mail.',
  ),
);
on(registrationFailed, fixed(500, '401', "Can't register a customer."));
on(customerNotFound, fixed(404, '402', 'Customer not found.'));
on(passwordsDiffer, ({ first, second }) => [
  { detail: `Value in field ${first} should be identical to value in the ${second} field.`, status: 422, code: '406' },
]);
on(restoreFailed, fixed(400, '407', 'Failed to change password.'));
on(transitionRefused, fixed(400, '410', 'Failed to save customer.'));
on(passwordWrong, fixed(400, '408', 'Invalid password'));
on(notYours, fixed(403, '411', 'Unauthorized request.'));
on(customerLocked, fixed(403, '411', 'Unauthorized request.'));
on(termsNotAccepted, fixed(400, '413', 'Terms and Conditions was not accepted.'));
on(restoreKeyInvalid, fixed(422, '415', 'Restore password key is not valid.'));
on(emailInvalid, fixed(422, '416', 'Invalid Email address format.'));
on(emailTooLong, fixed(422, '417', 'Email is too long. It should have 100 characters or less.'));
on(passwordRefused, ({ violations }) => violations.map((violation) => passwordErrors[violation]));
// A link that reaches the wire unmapped came with a confirmation, the one resource that takes nothing else.
on(linkInvalid, fixed(422, '423', 'This email confirmation code is invalid or has been already used.'));
on(linkExpired, fixed(422, '423', 'This email confirmation code is invalid or has been already used.'));
on(storeUnknown, fixed(404, '601', 'Store not found.'));
on(attributesInvalid, ({ violations }) =>
  violations.map(({ field, message }) => ({ detail: `${field} => ${message}`, status: 422, code: '901' })),
);
on(agentTokenInvalid, fixed(401, '4102', 'Agent access token is invalid.'));
on(tooManyAttempts, ({ minutes }, t) => [
  { detail: t('security_blocker_page.error.account_blocked', { minutes }), status: 429, code: '4401' },
]);
on(overloaded, uncoded(503, 'Service is busy. Please try again later.'));
on(databaseAway, uncoded(503, 'Service is temporarily unavailable. Please try again later.'));
on(several, ({ problems }, t) => problems.flatMap((one) => wireErrors(one, t) ?? []));

/** The `errors` of a problem, or undefined for one that the contract does not know. */
export function wireErrors(thrown: Problem, t: Translate): WireError[] | undefined {
  return wire.get(thrown.kind.code)?.(thrown, t);
}

/** Whether the contract has words for a problem; a test asks it for every problem of the domains. */
export const isOnTheWire = (code: string): boolean => wire.has(code);
