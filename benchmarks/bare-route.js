// The yardstick of `read-customer`: the least a Hono route does that sends one row by key as JSON.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';

const pool = new pg.Pool({ host: process.env.SOCKET, port: 5432, user: 'clientele', database: 'clientele', max: 10 });
const app = new Hono();
const text =
  'select id, number, reference, email, salutation, first_name, last_name, gender, date_of_birth, created_at, updated_at from customer where reference = $1';
app.get('/rows/:reference', async (context) => {
  const { rows } = await pool.query({ name: 'row', text, values: [context.req.param('reference')] });
  return context.json(rows[0]);
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
