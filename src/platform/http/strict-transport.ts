import type { Config } from '../config.ts';

const NAME = 'Strict-Transport-Security';
/** Without `includeSubDomains`: other hosts of the shop's domain are not ours to decide about (RFC 6797, 6.1). */
const HEADER = { [NAME]: 'max-age=31536000' };
const NONE = {};

/** Asks browsers to come back over https for a year, where the service is reached over https. */
export const strictTransport = ({ PUBLIC_URL }: Pick<Config, 'PUBLIC_URL'>): Readonly<Record<string, string>> =>
  PUBLIC_URL.startsWith('https:') ? HEADER : NONE;

/** The same for an answer that was made elsewhere. Reading the headers of an answer costs, so hot paths set them first. */
export function withStrictTransport(config: Pick<Config, 'PUBLIC_URL'>, response: Response): Response {
  for (const [name, value] of Object.entries(strictTransport(config)))
    if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}
