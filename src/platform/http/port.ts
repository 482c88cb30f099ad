import { createServer } from 'node:net';
import { startRefused } from '../problem.ts';

/** The setting that chooses a port. */
export type PortSetting = 'PORT' | 'METRICS_PORT';

/**
 * Checks that a port can be listened on, before anything is set up for a server that could not start.
 *
 * @throws {@link startRefused} if the port is taken or may not be used.
 */
export async function checkPort(host: string, port: number, setting: PortSetting = 'PORT'): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(portRefused(error, host, port, setting)));
    // Exclusive: in a cluster the port would be shared with whoever has it.
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** Why a port cannot be listened on, for the person who started the server. */
export function portRefused(
  { code, message }: NodeJS.ErrnoException,
  host: string,
  port: number,
  setting: PortSetting = 'PORT',
) {
  if (code === 'EADDRINUSE')
    return startRefused({
      reason: `Port ${port} is taken. Stop what uses it, or choose another: ${setting}=${port + 1} npm start`,
    });
  if (code === 'EACCES')
    return startRefused({
      reason: `Port ${port} may not be used by this user. Choose one above 1023: ${setting}=${setting === 'PORT' ? 3000 : 9464} npm start`,
    });
  return startRefused({ reason: `Cannot listen on ${host}:${port}: ${message}` });
}
