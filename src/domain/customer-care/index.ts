export { createCustomer } from './create.ts';
export { NewAccount } from './new-account.ts';
export { type AccountView, viewCustomer } from './view.ts';
