import type { World } from './app.ts';

/**
 * Runs `work` while another transaction holds what `statement` changed for the customer `id` ($1), lets it commit once the
 * work waits for it, and returns what came of the work.
 */
export async function whileHeld<T>(
  world: World,
  statement: string,
  id: string,
  work: () => Promise<T>,
  ...values: unknown[]
): Promise<T> {
  await world.sql('begin');
  try {
    await world.sql(statement, [id, ...values]);
    const result = work();
    result.catch(() => undefined);
    // What others wait for is looked up once a transaction, unless it is told to forget.
    do await world.sql('select pg_stat_clear_snapshot()');
    while ((await world.sql(waiting)).length === 0);
    await world.sql('commit');
    return await result;
  } catch (error) {
    await world.sql('rollback');
    throw error;
  }
}

const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
