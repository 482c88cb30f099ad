import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** A load balancer as operators have one: it keeps connections and sends requests to instances that say to be ready. */
export interface Router {
  url: string;
  /** Where the instances answer now. */
  instances: string[];
  close(): Promise<void>;
}

/** Milliseconds between two checks of an instance. */
const CHECK_MS = 50;

export async function openRouter(instances: readonly string[]): Promise<Router> {
  const agent = new http.Agent({ keepAlive: true });
  const notReady = new Set<string>();
  let turn = 0;
  let isOpen = true;

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => forward(request, Buffer.concat(chunks), response, router.instances.length));
  });

  function forward(request: http.IncomingMessage, body: Buffer, response: http.ServerResponse, tries: number) {
    const ready = router.instances.filter((url) => !notReady.has(url));
    const among = ready.length > 0 ? ready : router.instances;
    turn += 1;
    const url = among[turn % among.length] ?? '';
    const upstream = http.request(
      new URL(request.url ?? '/', url),
      { method: request.method, headers: request.headers, agent },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, {
          'content-type': answer.headers['content-type'] ?? 'text/plain',
        });
        answer.pipe(response);
      },
    );
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      // Only what was certainly not received may go to another instance.
      if (error.code === 'ECONNREFUSED' && tries > 1) {
        notReady.add(url);
        return forward(request, body, response, tries - 1);
      }
      if (!response.headersSent) response.writeHead(502);
      return response.end(error.code);
    });
    upstream.end(body);
  }

  const router: Router = {
    url: '',
    instances: [...instances],
    async close() {
      isOpen = false;
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function check() {
    while (isOpen) {
      await Promise.all(
        router.instances.map(async (url) => {
          const ok = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
            ({ status }) => status === 200,
            () => false,
          );
          if (ok) notReady.delete(url);
          else notReady.add(url);
        }),
      );
      await pause(CHECK_MS);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  router.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  void check();
  return router;
}
