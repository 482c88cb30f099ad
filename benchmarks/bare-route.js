// The yardstick: the least a Hono server does that reads or writes one row, logs the request and answers with JSON.
import { serve } from '@hono/node-server';
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

process.on('SIGTERM', () => process.exit());
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
