export { countDemoAccounts, demoStaff } from './accounts.ts';
export { removeDemo } from './remove.ts';
