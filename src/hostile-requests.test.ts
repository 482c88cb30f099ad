import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { useApp } from '../test/app.ts';
import { api, loggedIn } from '../test/api.ts';
import { browser } from '../test/browser.ts';
import { PASSWORD } from '../test/builders.ts';
import { hostileRequests, sendHostile } from '../test/hostile-requests.ts';

const world = useApp({ HASHING_QUEUE: '1000' });

test('no request to pages, API, /token, the decoupled applications or operations is answered by a 5xx', async () => {
  await fc.assert(
    fc.asyncProperty(await hostileRequests(world), async (request) => {
      const { status, text } = await sendHostile(world, request);

      // 501 is what the contract says of a pre-flight without its headers.
      expect(status === 501 ? 400 : status, text.slice(0, 400)).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
});

test.for(['', ' '])('a form with the Host "%s" and an Origin is one from elsewhere', async (host) => {
  const visitor = browser(world);
  const { html } = await visitor.get('/login');
  const token = /_token\]" value="([^"]+)"/.exec(html)?.[1] ?? '';

  const { status } = await sendHostile(world, {
    method: 'POST',
    target: '/login_check',
    headers: [
      ['Host', host],
      ['Origin', 'http://shop.example'],
      ['Cookie', [...visitor.jar].map((pair) => pair.join('=')).join('; ')],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ],
    body: new URLSearchParams({ 'loginForm[_token]': token }).toString(),
  });

  expect(status).toBe(403);
});

test('what looks like an id of an email but is none is not there', async () => {
  expect((await api(world, 'GET', `/dev/mailbox/${'-'.repeat(36)}`)).status).toBe(404);
});

test.for(['22001', '22003', '22007', '22008', '22021', '22P02', '22P05'])(
  'a value that only the database refuses (%s) is a 400, not a 500',
  async (code) => {
    const { email, own, token } = await loggedIn(world);
    const visitor = browser(world);
    await visitor.submit('/login', 'loginForm', { email, password: PASSWORD });
    await world.sql(`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'refused' using errcode = '${code}'; end $$`);
    await world.sql(
      'create trigger refuse before update of first_name on customer for each row execute function refuse()',
    );
    onTestFinished(async () => void (await world.sql('drop function refuse cascade')));

    const answer = await api(world, 'PATCH', own, { token, attributes: { firstName: 'Eve' } });
    const page = await visitor.submit('/customer/profile', 'profileForm', {
      first_name: 'Eve',
      last_name: 'Noor',
      email,
    });

    expect([answer.status, answer.text]).toEqual([
      400,
      '{"errors":[{"detail":"Request data is invalid.","status":400}]}',
    ]);
    expect(page.status).toBe(400);
    expect(page.html).toContain('That could not be read');
  },
);
