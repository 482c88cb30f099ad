import pg from 'pg';

/** Whether a statement failed because another transaction stored the same value first; its own transaction is over. */
export const violatesUnique = (thrown: unknown, constraint: string): boolean =>
  isUniqueViolation(thrown) && thrown.constraint === constraint;

export const isUniqueViolation = (thrown: unknown): thrown is pg.DatabaseError =>
  thrown instanceof pg.DatabaseError && thrown.code === '23505';
