export { impersonate } from './impersonate.ts';
export { type Impersonation, recentImpersonations } from './impersonations.ts';
export { sendImpersonated } from './mails.ts';
export { impersonationReasonMissing, impersonationRefused } from './problems.ts';
