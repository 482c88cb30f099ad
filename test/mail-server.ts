import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll } from 'vitest';

/** A mail server that thinks about every email until it is let go. */
export interface SlowMailServer {
  /** Settings of an application that sends through it; filled in before the tests run. */
  readonly settings: Record<string, string>;
  /** Recipients of emails that were accepted. */
  readonly accepted: string[];
  /** From now on it thinks; resolves when it was asked to take so many emails. */
  asked(emails: number): Promise<void>;
  /** Takes what it was asked to take, and from now on everything at once. */
  letGo(): void;
}

/** Call it before `useApp`, which reads the settings. */
export function useSlowMailServer(): SlowMailServer {
  const settings: Record<string, string> = {};
  const accepted: string[] = [];
  let asked = 0;
  let patience: { over: Promise<void>; end: () => void } | undefined;
  const waiting: (() => void)[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, answer) {
      void text(stream).then(async () => {
        asked += 1;
        for (const look of waiting) look();
        await patience?.over;
        accepted.push(...envelope.rcptTo.map(({ address }) => address));
        answer();
      });
    },
  });
  server.on('error', () => undefined);
  beforeAll(async () => {
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    settings['SMTP_URL'] = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));
  return {
    settings,
    accepted,
    asked(emails) {
      if (!patience) {
        const { promise, resolve } = Promise.withResolvers<void>();
        patience = { over: promise, end: resolve };
      }
      const from = asked;
      return new Promise((resolve) => waiting.push(() => asked - from >= emails && resolve()));
    },
    letGo() {
      patience?.end();
      patience = undefined;
    },
  };
}
