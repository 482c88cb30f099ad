import { parseAccept } from 'hono/utils/accept';
import { LRUCache } from 'lru-cache';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Characters below which a body goes out as it is: one TCP packet or two carry it either way, and packing takes time. */
export const COMPRESS_FROM = 2048;

type Body = string | Uint8Array<ArrayBuffer>;
type Encoding = 'br' | 'gzip';

interface Compressible {
  body: Body;
  /** Names a body that never changes, or is it: it is compressed once. */
  name: string | undefined;
}

// Beside the answers rather than in a header: to read the headers of an answer costs every small one.
const bodies = new WeakMap<Response, Compressible>();
const newCache = () => new LRUCache<string, Uint8Array<ArrayBuffer>>({ max: 16 });
const compressed: Record<Encoding, ReturnType<typeof newCache>> = { br: newCache(), gzip: newCache() };

/** In threads; quality 5 of brotli takes as long as gzip and packs better. */
const compress: Record<Encoding, (body: Body) => Promise<Uint8Array<ArrayBuffer>>> = {
  br: async (body) =>
    new Uint8Array(
      await promisify(brotliCompress)(body, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 5,
          [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        },
      }),
    ),
  gzip: async (body) => new Uint8Array(await promisify(gzip)(body)),
};

/** Marks an answer that may be compressed on its way out, when its body is large enough. Streams never are. */
export function compressible(response: Response, body: Body, name?: string): Response {
  if (body.length >= COMPRESS_FROM) bodies.set(response, { body, name });
  return response;
}

/** Compresses a marked answer as the client accepts it. */
export async function compressFor(acceptEncoding: string | undefined, response: Response): Promise<Response> {
  const found = bodies.get(response);
  if (!found) return response;
  const { headers, status } = response;
  headers.append('Vary', 'Accept-Encoding');
  const encoding = chooseEncoding(acceptEncoding);
  if (!encoding) return response;
  headers.set('Content-Encoding', encoding);
  headers.delete('Content-Length');
  const tag = headers.get('ETag');
  // The bytes are others, what they mean is the same (RFC 9110, 8.8.1).
  if (tag && !tag.startsWith('W/')) headers.set('ETag', `W/${tag}`);
  return new Response(await packed(found, encoding), { status, headers });
}

async function packed({ body, name }: Compressible, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  if (name === undefined) return compress[encoding](body);
  const known = compressed[encoding].get(name);
  if (known) return known;
  const made = await compress[encoding](body);
  compressed[encoding].set(name, made);
  return made;
}

/** Returns undefined where a client accepts neither, or says nothing. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  if (!acceptEncoding) return undefined;
  const weights = new Map(parseAccept(acceptEncoding).map(({ type, q }) => [type.toLowerCase(), q]));
  const weight = (encoding: string) => weights.get(encoding) ?? weights.get('*') ?? 0;
  const [br, gzip] = [weight('br'), weight('gzip')];
  if (br > 0 && br >= gzip) return 'br';
  return gzip > 0 ? 'gzip' : undefined;
}
