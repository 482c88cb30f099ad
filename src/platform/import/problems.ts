import { problem } from '../problem.ts';

/** The import cannot begin, or cannot go on; the reason is written for the person who started it. */
export const importRefused = problem<{ reason: string }>('imports.refused', 422);
