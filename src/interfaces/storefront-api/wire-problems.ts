import { addressNotFound, tooManyAddresses } from '../../domain/addresses/index.ts';
import { impersonationReasonMissing, impersonationRefused } from '../../domain/agents/index.ts';
import {
  alreadySubscribed,
  notSubscribed,
  productUnknown,
  subscriptionRefused,
} from '../../domain/availability/index.ts';
import {
  companyForeign,
  type CompanyPart,
  companyPartNotFound,
  companyUserNotSet,
  permissionMissing,
} from '../../domain/companies/index.ts';
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
import {
  mfaAlreadyActive,
  mfaCodeInvalid,
  mfaCodeMissing,
  mfaMethodUnknown,
  mfaNotSent,
} from '../../domain/mfa/index.ts';
import { orderNotFound } from '../../domain/orders/index.ts';
import { passwordRefused, type Violation as PasswordViolation } from '../../domain/passwords/index.ts';
import { signInRefused } from '../../domain/sign-in/index.ts';
import { storeUnknown } from '../../domain/stores/index.ts';
import { rateLimited, tooManyAttempts } from '../../domain/throttle/index.ts';
import { accessTokenInvalid, refreshRefused } from '../../domain/tokens/index.ts';
import type { Translate } from '../../i18n/index.ts';
import { bodyTooLarge } from '../../platform/http/incoming.ts';
import { databaseAway, dataRefused } from '../../platform/database/errors.ts';
import { notWhileImpersonating } from '../../platform/impersonation.ts';
import { overloaded, problem, Problem, type ProblemKind, several } from '../../platform/problem.ts';
import { LEAKED, type Violation } from './rules.ts';

/** One entry of `errors`; members in the order they are sent. */
export interface WireError {
  detail: string;
  status: number;
  code?: string;
}

// Problems of the framework, see docs/glue/requests.md#order-of-the-checks. Those with `plain` answer text instead of JSON.
export const notFound = problem('storefront-api.not-found', 404);
export const postDataInvalid = problem('storefront-api.post-data-invalid', 400);
export const typeInvalid = problem('storefront-api.type-invalid', 400);
export const idMissing = problem('storefront-api.id-missing', 400);
export const plain = problem<{ status: number; text: string }>('storefront-api.plain', 400);
export const accessTokenMissing = problem('storefront-api.access-token-missing', 403);
export const identitiesConflict = problem('storefront-api.identities-conflict', 400);
export const agentTokenInvalid = problem('storefront-api.agent-token-invalid', 401);
export const guestMissing = problem('storefront-api.guest-missing', 400);
export const companyUserMissing = problem('storefront-api.company-user-missing', 400);
export const agentMissing = problem('storefront-api.agent-missing', 401);
export const agentSignInRefused = problem('storefront-api.agent-sign-in-refused', 401);
export const notImplemented = problem<{ what: 'Endpoint' | 'Resource' }>('storefront-api.not-implemented', 501);
export const attributesInvalid = problem<{ violations: readonly Violation[] }>(
  'storefront-api.attributes-invalid',
  422,
);
export const currencyInvalid = problem('storefront-api.currency-invalid', 400);
export const priceModeInvalid = problem('storefront-api.price-mode-invalid', 400);
export const notYours = problem('storefront-api.not-yours', 403);
export const ordersNotYours = problem('storefront-api.orders-not-yours', 403);
export const notificationsNotYours = problem('storefront-api.notifications-not-yours', 403);
export const mfaTypeMissing = problem('storefront-api.mfa-type-missing', 400);
export const mfaCustomerMissing = problem('storefront-api.mfa-customer-missing', 400);
export const termsNotAccepted = problem('storefront-api.terms-not-accepted', 400);
export const passwordsDiffer = problem<{ first: string; second: string }>('storefront-api.passwords-differ', 422);
export const restoreKeyInvalid = problem('storefront-api.restore-key-invalid', 422);
export const restoreFailed = problem('storefront-api.restore-failed', 400);
export const registrationFailed = problem('storefront-api.registration-failed', 500);

// Problems of the decoupled applications only, see docs/glue/applications.md.
export const resourceUnknown = problem('storefront-api.resource-unknown', 404);
export const parentUnknown = problem('storefront-api.parent-unknown', 404);
export const methodUnknown = problem('storefront-api.method-unknown', 404);
export const filterMalformed = problem('storefront-api.filter-malformed', 400);
export const originMissing = problem('storefront-api.origin-missing', 501);
export const headerNotAllowed = problem('storefront-api.header-not-allowed', 400);
export const authorizationMissing = problem('storefront-api.authorization-missing', 401);
export const authorizationIncomplete = problem('storefront-api.authorization-incomplete', 401);
export const operationForbidden = problem('storefront-api.operation-forbidden', 403);
/** These applications say it without a period. */
export const storeNotFound = problem('storefront-api.store-not-found', 404);
export const tokenOfAnotherKind = problem('storefront-api.token-of-another-kind', 400);
export const mfaUserMissing = problem('storefront-api.mfa-user-missing', 400);
export const credentialsWrong = problem('storefront-api.credentials-wrong', 400);
export const credentialsMissing = problem('storefront-api.credentials-missing', 400);
export const grantUnknown = problem<{ grant: string }>('storefront-api.grant-unknown', 400);

/** Errors of `/token`, see docs/glue/tokens.md#oauth-post-token and docs/glue/applications.md#sign-in. */
export const oauth = {
  grantInvalid: {
    error: 'invalid_grant',
    error_description:
      'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  },
  credentialsWrong: { error: 'invalid_grant', error_description: 'The user credentials were incorrect.' },
  requestIncomplete: {
    error: 'invalid_request',
    error_description:
      'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
  },
  refreshTokenInvalid: { error: 'invalid_request', error_description: 'The refresh token is invalid.' },
} as const;

const fixed = (status: number, code: string, detail: string) => (): WireError[] => [{ detail, status, code }];
const uncoded = (status: number, detail: string) => (): WireError[] => [{ detail, status }];

const passwordErrors: Record<PasswordViolation, WireError> = {
  common: { detail: 'The password is listed as common.', status: 400, code: '422' },
  personal: { detail: 'The password is listed as common.', status: 400, code: '422' },
  'common-word': { detail: 'The password is listed as common.', status: 400, code: '422' },
  pattern: { detail: 'The password is listed as common.', status: 400, code: '422' },
  weak: { detail: 'The password is listed as common.', status: 400, code: '422' },
  'too-short': { detail: 'The password is too short.', status: 400, code: '418' },
  'too-long': { detail: 'The password is too long.', status: 400, code: '419' },
  repeats: { detail: 'The password contains sequence of the same character.', status: 400, code: '421' },
  characters: { detail: 'The password character set is invalid.', status: 400, code: '420' },
  breached: { detail: `password => ${LEAKED}`, status: 422, code: '901' },
};

const COMPANY_USER_NOT_SET =
  'Current company user is not set. You need to select the current company user with /company-user-access-tokens in order to access the resource collection.';

const companyUserCodes: Record<CompanyPart, string> = {
  company: '1803',
  unit: '1903',
  'unit-address': '2003',
  role: '2103',
  user: '1403',
};

const companyNotFound: Record<CompanyPart, WireError> = {
  company: { detail: 'Company not found.', status: 404, code: '1801' },
  unit: { detail: 'Company business unit not found.', status: 404, code: '1901' },
  'unit-address': { detail: 'Company business unit address not found.', status: 404, code: '2001' },
  role: { detail: 'Company role not found.', status: 404, code: '2101' },
  user: { detail: 'Company user not found', status: 404, code: '1404' },
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
on(dataRefused, uncoded(400, 'Request data is invalid.'));
on(plain, ({ status, text }) => [{ detail: text, status }]);
on(accessTokenInvalid, fixed(401, '001', 'Invalid access token.'));
on(accessTokenMissing, fixed(403, '002', 'Missing access token.'));
on(signInRefused, fixed(401, '003', 'Failed to authenticate user.'));
on(refreshRefused, fixed(401, '004', 'Failed to refresh token.'));
on(
  identitiesConflict,
  fixed(400, '005', "Headers request error. A user can't act as logged and not logged user at the same time."),
);
on(guestMissing, fixed(400, '109', 'Anonymous customer unique id is empty.'));
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
on(tooManyAddresses, fixed(400, '409', 'Failed to save customer address.'));
on(subscriptionRefused, fixed(422, '4604', 'Failed to subscribe.'));
on(addressNotFound, fixed(404, '404', 'Address was not found.'));
on(orderNotFound, fixed(404, '801', "Can't find order by the given order reference"));
on(ordersNotYours, fixed(403, '802', 'Unauthorized request.'));
on(notImplemented, ({ what }) => [{ detail: `${what} is not implemented.`, status: 501 }]);
on(companyUserNotSet, ({ part }) => [{ detail: COMPANY_USER_NOT_SET, status: 403, code: companyUserCodes[part] }]);
on(companyForeign, fixed(403, '1403', COMPANY_USER_NOT_SET));
on(companyPartNotFound, ({ part }) => [companyNotFound[part]]);
on(permissionMissing, fixed(403, '1405', 'Forbidden'));
on(companyUserMissing, fixed(400, '1401', 'Rest user is not a company user.'));
on(agentMissing, fixed(401, '4103', 'Action is available to agent user only.'));
on(agentSignInRefused, fixed(401, '4101', 'Failed to authenticate an agent.'));
on(impersonationRefused, fixed(401, '4104', 'Failed to impersonate a customer.'));
on(impersonationReasonMissing, fixed(422, '901', 'reason => This value should not be blank.'));
// A code of our own: the contract's end at 4104.
on(notWhileImpersonating, fixed(403, '4190', 'Action is not available while acting for a customer.'));
on(productUnknown, fixed(404, '4601', 'Product not found.'));
on(alreadySubscribed, fixed(422, '4602', 'Subscription already exists.'));
on(notSubscribed, fixed(404, '4603', "Subscription doesn't exist."));
on(notificationsNotYours, fixed(403, '4606', 'Unauthorized request.'));
on(mfaCodeMissing, fixed(403, '5900', 'X-MFA-Code header is missing.'));
on(mfaCodeInvalid, fixed(403, '5901', 'X-MFA-Code is invalid.'));
on(mfaTypeMissing, fixed(400, '5902', 'Multi-factor authentication type is missing.'));
on(mfaAlreadyActive, fixed(400, '5904', 'Multi-factor authentication type already activated.'));
on(mfaCustomerMissing, fixed(400, '5905', 'No customer identifier provided.'));
on(mfaMethodUnknown, fixed(400, '5906', 'Multi-factor authentication type is not found.'));
on(
  mfaNotSent,
  fixed(
    400,
    '5910',
    'Something went wrong while sending your code. Please try again later or contact the system administrator.',
  ),
);
on(agentTokenInvalid, fixed(401, '4102', 'Agent access token is invalid.'));
on(tooManyAttempts, ({ minutes }, t) => [
  { detail: t('security_blocker_page.error.account_blocked', { minutes }), status: 429, code: '4401' },
]);
on(rateLimited, ({ retryAfterSeconds }, t) => [
  { detail: t('rate_limit.exceeded', { minutes: Math.ceil(retryAfterSeconds / 60) }), status: 429, code: '4401' },
]);
on(resourceUnknown, fixed(404, '007', 'Not found'));
on(parentUnknown, fixed(404, '009', 'Not found'));
on(methodUnknown, fixed(404, '008', 'Method does not exist'));
on(filterMalformed, fixed(400, '011', 'Unsupported `Filter` format is used. Please use `filter[resource.property]`'));
on(originMissing, uncoded(501, 'The required header `origin` for the options method is missing.'));
on(headerNotAllowed, uncoded(400, 'Not allowed.'));
on(authorizationMissing, uncoded(401, 'Unauthorized request.'));
on(authorizationIncomplete, fixed(401, '002', 'Missing access token.'));
on(operationForbidden, fixed(403, '5101', 'Operation is forbidden.'));
on(storeNotFound, fixed(404, '601', 'Store not found'));
on(tokenOfAnotherKind, fixed(400, '001', 'Invalid access token.'));
on(mfaUserMissing, fixed(400, '5908', 'No user identifier provided.'));
on(credentialsWrong, fixed(400, oauth.credentialsWrong.error, oauth.credentialsWrong.error_description));
on(credentialsMissing, fixed(400, oauth.requestIncomplete.error, oauth.requestIncomplete.error_description));
on(grantUnknown, ({ grant }) => [
  { detail: `Grant type "${grant}" not found`, status: 400, code: 'unsupported_grant_type' },
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
