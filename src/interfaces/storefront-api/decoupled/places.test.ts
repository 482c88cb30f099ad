import { describe, expect, test } from 'vitest';
import { api } from '../../../../test/api.ts';
import { useApp, type World } from '../../../../test/app.ts';

/** Which application answers when asked for a store that is not there: the one for people of the shop has none at all. */
async function whoAnswers(world: World, path: string, host?: string): Promise<string> {
  const call = { headers: { Accept: 'application/json', ...(host ? { Host: host } : {}) } };
  const answer = await api(world, 'GET', `${path}/stores/XX`, call);
  const who: Record<string, string> = { '601': 'storefront', '007': 'backend' };
  return who[answer.json?.[0]?.code] ?? 'neither';
}

describe('unless told otherwise', () => {
  const world = useApp();

  test.for([
    ['/glue-storefront', 'storefront'],
    ['/glue-backend', 'backend'],
    ['', 'neither'],
    ['/glue-storefronts', 'neither'],
    ['/glue-storefront2', 'neither'],
    ['//glue-storefront', 'neither'],
    ['/x/glue-storefront', 'neither'],
  ] as const)('%s/… is answered by the %s', async ([path, who]) => {
    expect(await whoAnswers(world, path)).toBe(who);
  });

  test('a host alone chooses nothing', async () => {
    expect(await whoAnswers(world, '', 'glue-storefront.shop.test')).toBe('neither');
    expect(await whoAnswers(world, '/glue-storefront', 'glue-backend.shop.test')).toBe('storefront');
  });
});

describe('with hosts and prefixes of the shop', () => {
  const world = useApp({
    DECOUPLED_STOREFRONT_AT: 'Glue-Storefront.shop.test, /api/v1/sapi/',
    DECOUPLED_BACKEND_AT: 'glue-backend.shop.test:8443,localhost',
    DECOUPLED_CORS_ALLOW_ORIGIN: 'https://shop.example.org',
  });

  test.for<[host: string | undefined, path: string, who: string]>([
    ['glue-storefront.shop.test', '', 'storefront'],
    ['GLUE-STOREFRONT.SHOP.TEST', '', 'storefront'],
    ['glue-storefront.shop.test:3000', '', 'storefront'],
    ['glue-backend.shop.test:8443', '', 'backend'],
    ['localhost:8080', '', 'backend'],
    ['glue-backend.shop.test', '', 'neither'],
    ['glue-backend.shop.test:443', '', 'neither'],
    ['glue-storefront.shop.test.evil.example', '', 'neither'],
    ['x.glue-storefront.shop.test', '', 'neither'],
    ['shop.test', '', 'neither'],
    ['shop.test', '/api/v1/sapi', 'storefront'],
    ['shop.test', '/api/v1', 'neither'],
    ['shop.test', '/glue-storefront', 'neither'],
    ['shop.test', '/glue-backend', 'neither'],
  ])('Host %s with %s/…: %s', async ([host, path, who]) => {
    expect(await whoAnswers(world, path, host)).toBe(who);
  });

  test('pages of the shop are not at the host of an application', async () => {
    const headers = { Accept: 'text/html', Host: 'glue-storefront.shop.test' };

    expect((await api(world, 'GET', '/login', { headers })).text).toBe(
      '[{"message":"Not found","status":404,"code":"007"}]',
    );
  });

  test('the origin that may read is the one that was set, here and not in the other application', async () => {
    const headers = { Host: 'glue-storefront.shop.test' };

    const answer = await api(world, 'GET', '/stores', { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example.org');
    expect((await api(world, 'GET', '/stores')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('with a prefix in capitals', () => {
  const world = useApp({ DECOUPLED_STOREFRONT_AT: '/API/Sapi' });

  test('paths are taken as they are written', async () => {
    expect(await whoAnswers(world, '/API/Sapi')).toBe('storefront');
    expect(await whoAnswers(world, '/api/sapi')).toBe('neither');
  });
});
