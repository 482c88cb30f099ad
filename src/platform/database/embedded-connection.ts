import type pg from 'pg';

/** Superuser connection to the embedded PostgreSQL whose socket is in this folder. */
export const superuserOf = (socketFolder: string): pg.ClientConfig => ({
  host: socketFolder,
  port: 5432,
  user: 'postgres',
  database: 'postgres',
});
