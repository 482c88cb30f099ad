export { changePassword } from './change-password.ts';
export { confirmingNeedsPassword, confirmRegistration, confirmWithPassword } from './confirm-registration.ts';
export { credentialMails, mailResetLink, sendResetLink } from './mails.ts';
export { passwordWrong } from './problems.ts';
export { proveCurrentPassword } from './prove-password.ts';
export { requestReset } from './request-reset.ts';
export { resetPassword } from './reset-password.ts';
export { revokePassword } from './revoke-password.ts';
export { stopEmailChange } from './stop-email-change.ts';
