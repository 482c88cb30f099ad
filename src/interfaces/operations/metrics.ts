import type { App } from '../../platform/app.ts';
import { addDatabaseGauges, type DatabaseGauges } from '../../platform/metrics/database-gauges.ts';
import { addProcessGauges } from '../../platform/metrics/process-gauges.ts';
import { type Lifecycle, ready } from './ready.ts';

/**
 * Answers on the port for operators, which servers and workers have: `/metrics`, `/health/live` and `/health/ready`. Call
 * it once for an App, as it adds gauges to the registry.
 */
export function operatorPort(
  app: App,
  lifecycle: Lifecycle,
  sources: readonly DatabaseGauges[],
): (request: Request) => Promise<Response> {
  addProcessGauges(app);
  const readDatabase = addDatabaseGauges(app, sources);

  async function metrics(): Promise<Response> {
    await readDatabase();
    const { registry } = app.metrics;
    const headers = { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' };
    return new Response(await registry.metrics(), { headers });
  }

  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return text(405, 'Method not allowed\n');
    switch (new URL(url).pathname) {
      case '/metrics':
        return metrics();
      case '/health/live':
        return Response.json({ status: 'ok' });
      case '/health/ready':
        return ready(app, lifecycle);
      default:
        return text(404, 'Here are /metrics, /health/live and /health/ready.\n');
    }
  };
}

const text = (status: number, body: string) =>
  new Response(body, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } });
