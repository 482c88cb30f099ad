import pg from 'pg';
import { beforeAll } from 'vitest';
import { assume } from '../src/platform/types.ts';

/**
 * Watches what the product sends to its database. Call at the top of a test file, before `useApp`. The function it returns
 * runs something and resolves to the statements that this took, in order; those of the job queue's own connections and of
 * the test are not among them.
 */
export function useStatements(): (work: () => Promise<unknown>) => Promise<string[]> {
  let seen: string[] | undefined;

  beforeAll(() => {
    const query = pg.Client.prototype.query;
    pg.Client.prototype.query = assume(function watched(this: object, ...given: unknown[]) {
      if (seen && nameOf(this) === 'clientele') seen.push(textOf(given[0]));
      return assume<(...given: unknown[]) => unknown>(query).apply(this, given);
    });
    return () => void (pg.Client.prototype.query = query);
  });

  return async (work) => {
    const statements: string[] = [];
    seen = statements;
    try {
      await work();
    } finally {
      seen = undefined;
    }
    return statements;
  };
}

const nameOf = (client: object) =>
  assume<{ connectionParameters: { application_name?: string } }>(client).connectionParameters.application_name;

const textOf = (given: unknown): string =>
  typeof given === 'string' ? given : assume<{ text: string }>(given).text.replaceAll(/\s+/g, ' ').trim();
