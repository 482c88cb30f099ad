import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseEncoding, COMPRESS_FROM, compressFor, compressible } from './compress.ts';

const text = 'A text that is long enough. '.repeat(200);

test.for([
  [undefined, undefined],
  ['', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0', undefined],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['identity', undefined],
  ['zstd', undefined],
  ['GZIP', 'gzip'],
] as const)('who accepts %j gets %s', ([accepted, encoding]) => {
  expect(chooseEncoding(accepted)).toBe(encoding);
});

describe('an answer', () => {
  test('is compressed, keeps its status and headers, and says on what it depends', async () => {
    const given = new Response(text, { status: 404, headers: { Vary: 'Origin', 'X-Request-Id': 'a', ETag: '"1"' } });

    const answer = await compressFor('gzip', compressible(given, text));

    expect(answer.status).toBe(404);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Origin, Accept-Encoding',
      'x-request-id': 'a',
      etag: 'W/"1"',
    });
    expect(gunzipSync(await answer.arrayBuffer()).toString()).toBe(text);
  });

  test('goes out as it is to a client that accepts no encoding, and a cache learns that others get another', async () => {
    const answer = await compressFor(undefined, compressible(new Response(text), text));

    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([null, 'Accept-Encoding']);
    expect(await answer.text()).toBe(text);
  });

  test('of a small body is not touched', async () => {
    const small = 'a'.repeat(COMPRESS_FROM - 1);
    const given = new Response(small);

    const answer = await compressFor('br', compressible(given, small));

    expect(answer).toBe(given);
    expect(answer.headers.get('vary')).toBeNull();
  });

  test('that is a stream is passed on chunk by chunk', async () => {
    let send: (chunk: string) => void = () => undefined;
    const stream = new ReadableStream({
      start: (controller) => void (send = (chunk) => controller.enqueue(new TextEncoder().encode(chunk))),
    });
    const reader = (await compressFor('br', new Response(stream))).body?.getReader();

    send('first');

    // The stream has no end: a middleware that waited for it would never answer.
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first');
    await reader?.cancel();
  });

  test('with a name is compressed once', async () => {
    const compressed = async (body: string) =>
      gunzipSync(
        await (await compressFor('gzip', compressible(new Response(body), body, 'test'))).arrayBuffer(),
      ).toString();

    expect(await compressed(text)).toBe(text);
    expect(await compressed(`Another. ${text}`)).toBe(text);
  });
});
