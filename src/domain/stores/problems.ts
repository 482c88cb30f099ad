import { problem } from '../../platform/problem.ts';

export const storeUnknown = problem<{ name: string }>('stores.unknown', 400);
