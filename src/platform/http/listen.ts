import { serve } from '@hono/node-server';
import { type PortSetting, portRefused } from './port.ts';

/** Answers requests: `fetch` of a Hono, or a function of a request. */
type Fetch = Parameters<typeof serve>[0]['fetch'];

export interface Listening {
  /** The port listened on, which is not the configured one where that is 0. */
  port: number;
  /** Takes no more requests, and lets those that run finish for so many seconds. */
  close(seconds: number): Promise<void>;
}

/** @throws {@link startRefused} when the port is taken or may not be used; `setting` is where another one is chosen. */
export function listen(fetch: Fetch, host: string, port: number, setting: PortSetting = 'PORT'): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, ({ port }) =>
      resolve({ port, close: (seconds) => closeServer(server, seconds) }),
    );
    server.on('error', (error: NodeJS.ErrnoException) => reject(portRefused(error, host, port, setting)));
  });
}

async function closeServer(server: ReturnType<typeof serve>, seconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const late = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), seconds * 1000);
  await closed;
  clearTimeout(late);
}
