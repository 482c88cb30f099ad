import pg from 'pg';
import { connectDirectly } from '../standby.ts';

/** The database that a restore fills, beside the one in use. */
const RESTORED = 'clientele_restored';

/** What the one in use is called until it is dropped. */
const REPLACED = 'clientele_replaced';

/** Makes an empty database in the embedded PostgreSQL; what an interrupted restore has left is dropped. */
export async function createRestored(superuser: pg.ClientConfig): Promise<{
  superuser: pg.ClientConfig;
  owner: pg.ClientConfig;
}> {
  await asSuperuser(superuser, async (client) => {
    await client.query(`drop database if exists ${RESTORED} with (force)`);
    await client.query(`create database ${RESTORED} owner clientele`);
  });
  return {
    superuser: { ...superuser, database: RESTORED },
    owner: { ...superuser, database: RESTORED, user: 'clientele' },
  };
}

export const dropRestored = (superuser: pg.ClientConfig): Promise<void> =>
  asSuperuser(superuser, async (client) => {
    await client.query(`drop database if exists ${RESTORED} with (force)`);
  });

/** Puts the restored database in the place of the one in use, in one transaction, and drops that. */
export const swapIn = (superuser: pg.ClientConfig): Promise<void> =>
  asSuperuser(superuser, async (client) => {
    await client.query(`drop database if exists ${REPLACED} with (force)`);
    await client.query('begin');
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname in ('clientele', '${RESTORED}') and pid <> pg_backend_pid()`,
    );
    await client.query(`alter database clientele rename to ${REPLACED}`);
    await client.query(`alter database ${RESTORED} rename to clientele`);
    await client.query('commit');
    await client.query(`drop database ${REPLACED} with (force)`);
  });

/** Whether there is anything in a database that a restore would replace. */
export async function hasContent(connection: pg.ClientConfig): Promise<boolean> {
  const client = await connectDirectly(connection, 'clientele restore');
  try {
    const { rows } = await client.query<{ migrated: boolean }>(
      `select to_regclass('customer') is not null as migrated`,
    );
    if (!rows[0]?.migrated) return false;
    const found = await client.query('select from customer union all select from staff_user limit 1');
    return found.rowCount !== 0;
  } finally {
    await client.end();
  }
}

/** Ids of customers whose erasure a database knows of; none where it has no customers. */
export async function erasedIn(connection: pg.ClientConfig): Promise<string[]> {
  if (!(await hasContent(connection))) return [];
  const client = await connectDirectly(connection, 'clientele restore');
  try {
    const { rows } = await client.query<{ id: string }>('select id from customer where anonymized_at is not null');
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

async function asSuperuser(superuser: pg.ClientConfig, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...superuser, application_name: 'clientele restore' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
