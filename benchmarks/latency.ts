import { PASSWORD } from './product.ts';

/** Milliseconds that each of several requests takes, one after the other, taking turns so that a machine's moods hit all. */
export async function latencies(
  requests: Readonly<Record<string, (round: number) => { url: string; headers: Record<string, string> }>>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const taken: Record<string, number[]> = Object.fromEntries(Object.keys(requests).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = Object.entries(requests);
    // Each comes after each other one in turn: what a request leaves behind slows down whoever comes next.
    for (const [name, request] of [...order.slice(round % order.length), ...order.slice(0, round % order.length)]) {
      const { url, headers } = request(round);
      const started = performance.now();
      const answer = await fetch(url, { headers });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      taken[name]?.push(performance.now() - started);
    }
  }
  return taken;
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[] = [], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** Logs in and returns the headers of a request that is logged in. */
export async function logIn(url: string, type: string, username: string): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/${type}`, {
    method: 'POST',
    headers: { accept: 'application/vnd.api+json' },
    body: JSON.stringify({ data: { type, attributes: { username, password: PASSWORD } } }),
  });
  if (!answer.ok) throw new Error(`${username} was answered ${answer.status}: ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: { attributes: { accessToken: string } } };
  return { accept: 'application/vnd.api+json', authorization: `Bearer ${data.attributes.accessToken}` };
}
