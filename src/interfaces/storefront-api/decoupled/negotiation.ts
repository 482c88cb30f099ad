import { parseForm } from '../../../platform/http/form.ts';
import type { Incoming } from '../../../platform/http/incoming.ts';
import { member, parseJson } from '../../../platform/json.ts';
import { sparseFields, thin } from '../query.ts';
import type { Item } from '../resource.ts';
import type { WireError } from '../wire-problems.ts';

/** Plain JSON, or JSON:API on request, see docs/glue/applications.md#negotiation. */
export type Convention = 'plain' | 'json-api';

const JSON_API = 'application/vnd.api+json';

export const conventionOf = (incoming: Incoming): Convention =>
  incoming.header('content-type') === JSON_API || (incoming.method === 'GET' && incoming.header('accept') === JSON_API)
    ? 'json-api'
    : 'plain';

export const contentType = (convention: Convention) => (convention === 'plain' ? 'application/json' : JSON_API);

/**
 * The attributes of a request: members of the body, or of `data.attributes`, by camelCase names. JSON is read whatever the
 * Content-Type says, forms as they are.
 */
export async function attributesOf(incoming: Incoming, convention: Convention): Promise<object> {
  const text = await incoming.text();
  const body = parseJson(text);
  const given = convention === 'plain' ? body : member(member(body, 'data'), 'attributes');
  const entries = isObject(given)
    ? Object.entries(given)
    : convention === 'plain' && body === undefined
      ? [...parseForm(text)]
      : [];
  return Object.fromEntries(entries.map(([name, value]) => [camelCase(name), value]));
}

const camelCase = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** What is sent of items; `single` where the path names one of them. */
export function documentOf(
  items: readonly Item[],
  {
    convention,
    domain,
    path,
    incoming: { search, query },
    single,
  }: { convention: Convention; domain: string; path: string; incoming: Incoming; single: boolean },
): unknown {
  const fields = sparseFields(query);
  const shown = items.map((item) => ({ ...item, attributes: thin(item.attributes, fields.get(item.type)) }));
  if (convention === 'plain') return shown.map(({ attributes }) => attributes);
  const objects = shown.map(({ type, id, attributes }) => ({
    type,
    // Empty members are left out here, unlike in the Storefront REST application.
    ...(id === null ? {} : { id }),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    links: { self: `${domain}/${type}${id === null ? '' : `/${id}`}${search}` },
  }));
  const [first] = objects;
  if (single && first) return { data: first };
  return { data: objects, links: { self: `${domain}${path}${search}` } };
}

/** Errors in the words of these applications: `message` rather than `detail`, and every member there. */
export function errorsDocument(errors: readonly WireError[], convention: Convention): unknown {
  const list = errors.map(({ detail, status, code }) => ({ message: detail, status, code: code ?? null }));
  return convention === 'plain' ? list : { errors: list };
}
