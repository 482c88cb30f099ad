import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { api } from '../test/api.ts';
import { useApp } from '../test/app.ts';
import { activeCustomer, PASSWORD } from '../test/builders.ts';
import { useLogged } from '../test/logged.ts';
import { traceStatement } from './platform/database/trace-statement.ts';
import { openLog } from './platform/log.ts';
import { traceJob, traceStep } from './platform/tracing.ts';

const { world, lines } = useLogged(useApp(), (write) => openLog({ LOG_LEVEL: 'info' }, { write }));

const exporter = new InMemorySpanExporter();
/** What an operator's SDK does when it is loaded with --import. */
function register() {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(() => exporter.reset());

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };

const parentOf = (span: ReadableSpan | undefined) => span?.parentSpanContext?.spanId;
const named = (name: string) => exporter.getFinishedSpans().find((span) => span.name === name);
const requestLines = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');

test('without an SDK there is no span, and no trace in the log', async () => {
  await api(world, 'GET', '/stores', { headers });

  expect(requestLines().at(-1)).toMatchObject({ path: '/stores', status: 200 });
  expect(requestLines().at(-1)).not.toHaveProperty('traceId');
});

test('a request continues the trace of its caller, with its statements and hashes below it', async () => {
  register();
  const { email } = await activeCustomer(world);
  const attributes = { username: email, password: PASSWORD };

  expect((await api(world, 'POST', '/access-tokens', { attributes, headers })).status).toBe(201);

  const request = named('POST /access-tokens');
  expect(request?.spanContext().traceId).toBe(TRACE);
  expect(parentOf(request)).toBe(CALLER);
  expect(request?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/access-tokens',
    'http.response.status_code': 201,
  });
  expect(requestLines().at(-1)).toMatchObject({ path: '/access-tokens', traceId: TRACE });
  const below = exporter.getFinishedSpans().filter((span) => parentOf(span) === request?.spanContext().spanId);
  expect(below.map(({ name }) => name)).toEqual(expect.arrayContaining(['password hash', 'insert throttle']));
  const statement = below.find(({ name }) => name === 'insert throttle');
  expect(statement?.attributes).toEqual({ 'db.system.name': 'postgresql', 'db.query.summary': 'insert throttle' });
});

test('a job has a trace, with the email it sends', async () => {
  const { email } = await activeCustomer(world);
  await world.runJobs();
  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
  exporter.reset();

  await world.runJobs();

  const job = named('job credentials.send-reset-link');
  const sent = named('email send');
  expect(job?.attributes).toEqual({ 'messaging.destination.name': 'credentials.send-reset-link' });
  expect(parentOf(job)).toBeUndefined();
  expect(sent?.spanContext().traceId).toBe(job?.spanContext().traceId);
});

test('no span holds what a person typed', async () => {
  const { email, reference } = await activeCustomer(world);
  const attributes = { username: email, password: 'Canary-Horse-7-Wren' };
  await api(world, 'POST', '/access-tokens', { attributes });
  await api(world, 'GET', `/customers/${reference}/canary?canary=1`, { token: 'canary' });
  await api(world, 'POST', '/customer-forgotten-password', { attributes: { email } });
  await world.runJobs();

  const shown = exporter
    .getFinishedSpans()
    .map(({ name, attributes, events, status }) => JSON.stringify([name, attributes, events, status]));
  expect(shown.length).toBeGreaterThan(5);
  expect(
    shown.filter((text) =>
      [email, reference, 'canary'].some((secret) => text.toLowerCase().includes(secret.toLowerCase())),
    ),
  ).toEqual([]);
});

test('a request that the caller does not sample is not recorded, and is logged with its trace', async () => {
  await api(world, 'GET', '/stores', { headers: { traceparent: `00-${TRACE}-${CALLER}-00` } });

  expect(exporter.getFinishedSpans()).toEqual([]);
  expect(requestLines().at(-1)).toMatchObject({ traceId: TRACE });
});

test('a step that fails says of what kind the error was, and nothing of its text', async () => {
  const failing = traceJob('test', () =>
    traceStep(
      'step',
      () => ({}),
      () => Promise.reject(new TypeError('canary@example.org does not exist')),
    ),
  );

  await expect(failing).rejects.toThrow('canary');
  const step = named('step');
  expect(step?.attributes).toEqual({ 'error.type': 'TypeError' });
  expect(step?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(step?.events).toEqual([]);
});

test.each([
  ['select "id" from "customer" where "id" = $1', 'select customer'],
  ['with known as (select 1 from store) update customer as c set name = $1', 'update customer'],
  ["/* unnamed */ select 'from secret' from pgboss.job", 'select pgboss.job'],
  ['with x as (insert into "audit_entry" (a) values ($1)) select 1 from x', 'insert audit_entry'],
  ['select * from customer for update', 'select customer'],
  ['begin', 'begin'],
])('%s is shown as %s', async (text, summary) => {
  await traceJob('test', () => traceStatement(text, () => Promise.resolve()));

  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual([summary, 'job test']);
});
