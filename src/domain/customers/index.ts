export { anonymizeCustomer, customersPrivacy, eraseRegistrations, reapplyErasures } from './anonymize.ts';
export { confirmEmailChange, requestEmailChange, requestEmailChangeSilently } from './change-email.ts';
export { confirmCustomer, resendConfirmation } from './confirm.ts';
export {
  type Customer,
  EMAIL_MAX,
  emailKey,
  fullName,
  genders,
  isDay,
  isEmail,
  normalizeEmail,
  Name,
  NAME_MAX,
  type NewCustomer,
  type Profile,
  recipient,
  salutations,
  type Shopper,
} from './customer.ts';
export { editProfile } from './edit-profile.ts';
export { changeAtOnce, holdCustomer } from './hold.ts';
export { applyEffects, assertMay } from './life-cycle.ts';
export { lockAccount, unlockAccount } from './lock.ts';
export { customerMails, mailConfirmation, sendConfirmation, sendWelcome } from './mails.ts';
export {
  customerLocked,
  customerNotFound,
  emailInvalid,
  emailObjections,
  emailTaken,
  emailTooLong,
  transitionRefused,
} from './problems.ts';
export {
  credentialsById,
  credentialsQuery,
  type CredentialsRow,
  customerByEmail,
  customerById,
  customerByReference,
  hasCustomers,
  insertCustomer,
  isRegistrationContested,
  lockCustomer,
  mayBeChanged,
  replaceHash,
  shopperByReference,
  shopperQuery,
  shoppersByIds,
  toCredentials,
  toShopper,
  updateCustomer,
} from './queries.ts';
export { drawReferences, raiseNumber } from './reference-queries.ts';
export { applyReferenceOffset, referencePattern, reserveReferences } from './reference.ts';
export { findCustomers, sweepTally } from './search.ts';
export { registerCustomer, registerQuietly, registerSilently } from './register.ts';
