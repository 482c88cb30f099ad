import { problem } from '../../platform/problem.ts';

export const passwordWrong = problem('credentials.password-wrong', 400);
