import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The SHA-1 by which a breach service knows a password. */
export const digestOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();

/** A breach service on a free port, and the addresses it was asked for. */
export async function breachService(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/range/`, asked, close: () => void server.close() };
}

/** One that knows these passwords. */
export const knowing = (...passwords: readonly string[]) =>
  breachService((request, response) => {
    const digests = passwords.map(digestOf).filter((digest) => request.url?.endsWith(`/${digest.slice(0, 5)}`));
    response.end(digests.map((digest) => `${digest.slice(5)}:7\r\n`).join(''));
  });
