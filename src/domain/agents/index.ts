export { impersonate } from './impersonate.ts';
export { impersonationRefused } from './problems.ts';
