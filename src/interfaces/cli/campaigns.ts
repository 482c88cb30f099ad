import { configCommand } from './command.ts';
export const passwordSet = configCommand({ name: 'x', summary: '', async run() { return 0; } });
export const passwordReset = passwordSet;
