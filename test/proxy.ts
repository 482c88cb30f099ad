import net from 'node:net';
import { onTestFinished } from 'vitest';

/** What stands between the product and its database, or between a client and the product, in tests about faults. */
export interface Proxy {
  port: number;
  /** Where new connections go from now on. */
  target: net.NetConnectOpts;
  /** Passes nothing on, in either direction, as a stopped server or a firewall would. */
  freeze(): void;
  thaw(): void;
  /** Forgets the open connections without telling anybody; new ones work. */
  forget(): void;
  /** Closes the open connections. */
  cut(): void;
  /** Called with what a client sends; false closes the connection before it is passed on. */
  inspect: (sent: Buffer) => boolean;
  close(): Promise<void>;
}

/** A TCP proxy on a free port. */
export async function openProxy(target: net.NetConnectOpts): Promise<Proxy> {
  const pairs = new Set<[net.Socket, net.Socket]>();
  const forgotten = new Set<net.Socket>();
  let isFrozen = false;
  const server = net.createServer((client) => {
    const upstream = net.connect(proxy.target);
    const pair: [net.Socket, net.Socket] = [client, upstream];
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
      from.on('data', (data: Buffer) => {
        if (from === client && !proxy.inspect(data)) client.destroy();
        else to.write(data);
      });
      if (isFrozen) from.pause();
    }
  });
  const all = () => [...pairs].flat();
  const proxy: Proxy = {
    port: 0,
    target,
    inspect: () => true,
    freeze() {
      isFrozen = true;
      for (const socket of all()) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of all()) socket.resume();
    },
    forget() {
      for (const socket of all()) forgotten.add(socket.pause());
      pairs.clear();
    },
    cut() {
      for (const socket of all()) socket.destroy();
    },
    async close() {
      for (const socket of [...all(), ...forgotten]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  proxy.port = typeof address === 'object' && address ? address.port : 0;
  return proxy;
}

/** A proxy that is gone when the test is. */
export async function useProxy(target: net.NetConnectOpts): Promise<Proxy> {
  const proxy = await openProxy(target);
  onTestFinished(proxy.close);
  return proxy;
}
