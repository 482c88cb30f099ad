export { impersonate } from './impersonate.ts';
export { impersonationRefused } from './problems.ts';
export { findCustomers } from './search.ts';
