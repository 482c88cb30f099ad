import { databaseGauges } from './app.ts';
import { type Lifecycle, operatorPort } from './interfaces/operations/index.ts';
import type { App } from './platform/app.ts';
import type { Config } from './platform/config.ts';
import { listen } from './platform/http/listen.ts';
import { checkPort } from './platform/http/port.ts';
import { startRefused } from './platform/problem.ts';

/** Where Prometheus exporters of OpenTelemetry listen too. */
const DEFAULT_PORT = 9464;

export interface OperatorServer {
  /** The port listened on; undefined where there is none. */
  port: number | undefined;
  close(): Promise<void>;
}

const none: OperatorServer = { port: undefined, close: async () => {} };

/** Throws {@link startRefused} if the port is set and cannot be listened on, before anything else is begun. */
export async function checkOperatorPort({ METRICS_HOST, METRICS_PORT }: Config): Promise<void> {
  if (typeof METRICS_PORT === 'number') await checkPort(METRICS_HOST, METRICS_PORT, 'METRICS_PORT');
}

/**
 * Serves metrics and health to operators, on a port apart from the public one. Where no port is set and the default one is
 * taken, as by another instance on this machine, the process runs without.
 *
 * @throws {@link startRefused} when a port that was set is taken or may not be used.
 */
export async function startOperatorServer(app: App, lifecycle: Lifecycle): Promise<OperatorServer> {
  const { METRICS_HOST, METRICS_PORT = DEFAULT_PORT } = app.config;
  if (METRICS_PORT === 'off') return none;
  const fetch = operatorPort(app, lifecycle, databaseGauges);
  try {
    const { port, close } = await listen(fetch, METRICS_HOST, METRICS_PORT, 'METRICS_PORT');
    app.log.info({ port }, 'metrics and health for operators');
    // A scrape takes two seconds at most.
    return { port, close: () => close(2) };
  } catch (error) {
    if (app.config.METRICS_PORT !== undefined || !startRefused.is(error)) throw error;
    app.log.warn({ port: METRICS_PORT }, 'no metrics, as their port is taken: set METRICS_PORT to another, or to off');
    return none;
  }
}
