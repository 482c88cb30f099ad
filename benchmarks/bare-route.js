// The yardstick: the least a Hono server does that reads or writes one row, logs the request and answers with JSON.
// Nothing is checked: neither who asks nor what was sent.
import { serve } from '@hono/node-server';
import { hash } from '@node-rs/argon2';
import { Hono } from 'hono';
import pg from 'pg';
import { pino } from 'pino';

const pool = new pg.Pool({ host: process.env.SOCKET, port: 5432, user: 'clientele', database: 'clientele', max: 10 });
const log = pino(
  { base: null, timestamp: pino.stdTimeFunctions.isoTime },
  pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 }),
);
const app = new Hono();

app.use(async (context, next) => {
  const started = performance.now();
  const { method, path } = context.req;
  await next();
  const ms = Math.round(performance.now() - started);
  log.info({ requestId: crypto.randomUUID(), method, path, status: context.res.status, ms }, 'request');
});

const read = {
  name: 'read',
  text: 'select id, number, reference, email, salutation, first_name, last_name, gender, date_of_birth, created_at, updated_at from customer where reference = $1',
};
app.get('/rows/:reference', async (context) => {
  const { rows } = await pool.query({ ...read, values: [context.req.param('reference')] });
  return context.json(rows[0]);
});

const entry = {
  name: 'entry',
  text: `insert into audit_entry (id, at, action, customer_id, actor, door, request_id, facts)
    select gen_random_uuid(), $1, $2, id, 'customer', 'benchmark', $3, $4 from customer where reference = $5`,
};

/** Changes one thing and logs that it was changed, both or neither. */
async function inTransaction(work) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
}

const rename = {
  name: 'rename',
  text: 'update customer set first_name = $1, updated_at = $2 where reference = $3 returning id, reference, first_name, last_name, email, updated_at',
};
app.patch('/rows/:reference', async (context) => {
  const reference = context.req.param('reference');
  const { firstName } = await context.req.json();
  const now = new Date();
  const row = await inTransaction(async (client) => {
    const { rows } = await client.query({ ...rename, values: [firstName, now, reference] });
    const facts = JSON.stringify({ fields: ['firstName'] });
    await client.query({ ...entry, values: [now, 'edited', crypto.randomUUID(), facts, reference] });
    return rows[0];
  });
  return context.json(row);
});

const add = {
  name: 'add',
  text: `insert into customer_address (customer_id, id, salutation, first_name, last_name, address1, address2, zip_code, city, country, created_at, updated_at)
    select id, gen_random_uuid(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $10 from customer where reference = $1 returning *`,
};
app.post('/rows/:reference/addresses', async (context) => {
  const reference = context.req.param('reference');
  const { salutation, firstName, lastName, address1, address2, zipCode, city, country } = await context.req.json();
  const now = new Date();
  const row = await inTransaction(async (client) => {
    const values = [reference, salutation, firstName, lastName, address1, address2, zipCode, city, country, now];
    const { rows } = await client.query({ ...add, values });
    await client.query({ ...entry, values: [now, 'added', crypto.randomUUID(), '{}', reference] });
    return rows[0];
  });
  return context.json(row, 201);
});

const register = {
  name: 'register',
  text: `insert into customer (id, reference, email, email_key, first_name, last_name, locale, store, password_hash, created_at, updated_at)
    values (gen_random_uuid(), $1, $2, $2, $3, $4, 'de_DE', 'DE', $5, $6, $6) returning id, reference, email, first_name, last_name`,
};
let registered = 0;
app.post('/rows', async (context) => {
  const { email, firstName, lastName, password } = await context.req.json();
  const passwordHash = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const now = new Date();
  const reference = `BARE--${(registered += 1)}`;
  const row = await inTransaction(async (client) => {
    const { rows } = await client.query({
      ...register,
      values: [reference, email, firstName, lastName, passwordHash, now],
    });
    await client.query({ ...entry, values: [now, 'registered', crypto.randomUUID(), '{}', reference] });
    return rows[0];
  });
  return context.json(row, 201);
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
