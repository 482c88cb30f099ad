import { problem } from '../../platform/problem.ts';

export const signInRefused = problem('sign-in.refused', 401);
