import type { Config } from '../../../platform/config.ts';

/** `ok`, `hint` (works, could be better) or `bad` (to be mended before customers use it). */
export interface Finding {
  check: string;
  state: 'ok' | 'hint' | 'bad';
  /** What was found and, unless it is in order, what to do. */
  text: string;
}

/** What is weak while developing is wrong in production. */
export const badInProduction = ({ NODE_ENV }: Pick<Config, 'NODE_ENV'>): 'bad' | 'hint' =>
  NODE_ENV === 'production' ? 'bad' : 'hint';

export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return [error.message || error.name, cause].filter(Boolean).join(': ');
};
