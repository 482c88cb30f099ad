export { impersonate } from './impersonate.ts';
export { impersonationRefused } from './problems.ts';
export { findCustomers, type FoundCustomer } from './search.ts';
