import type { App } from '../../platform/app.ts';
import { thin } from './query.ts';
import type { Item, Page } from './resource.ts';
import type { Resources } from './route.ts';

/** What shapes an answer besides its items, see docs/glue/requests.md#answers. */
export interface Shape {
  /** `{domain}`, without a trailing slash. */
  domain: string;
  /** As sent, raw. */
  path: string;
  search: string;
  method: string;
  type: string;
  /** The id in the path, undefined for a collection. `mine` where the resource understands it. */
  id: string | undefined;
  mine: boolean;
  include: ReadonlySet<string>;
  fields: ReadonlyMap<string, ReadonlySet<string>>;
  page: Page | undefined;
  total: number | undefined;
}

interface ResourceObject {
  type: string;
  id: string | null;
  attributes: Record<string, unknown>;
  links: { self: string };
  relationships?: Record<string, { data: { type: string; id: string | null }[] }>;
}

/** The document of a successful answer. */
export async function envelope(app: App, resources: Resources, items: readonly Item[], shape: Shape): Promise<object> {
  const objects = items.map((item) => resourceObject(item, shape));
  const included = shape.include.size > 0 ? await include(app, resources, items, objects, shape) : [];
  const tail = included.length > 0 ? { included } : {};
  const [single] = objects;
  const names = shape.id !== undefined && !shape.mine;
  if (single && objects.length === 1 && (shape.method === 'POST' || names)) return { data: single, ...tail };
  const isCollection = shape.method === 'GET' && !names;
  return { data: objects, links: isCollection ? collectionLinks(shape) : [], ...tail };
}

function resourceObject({ type, id, attributes, path }: Item, shape: Shape): ResourceObject {
  return {
    type,
    id,
    attributes: thin(attributes, shape.fields.get(type)),
    links: { self: selfLink(type, id, path, shape) },
  };
}

/** The request's own address where it names this resource, as the client sent it; otherwise its canonical one. */
function selfLink(
  type: string,
  id: string | null,
  path: string | undefined,
  { domain, method, path: requested, search, type: requestedType, id: requestedId }: Shape,
): string {
  const own = type === requestedType ? search : '';
  if (method !== 'POST' && type === requestedType && id !== null && id === requestedId)
    return `${domain}${requested}${search}`;
  return `${domain}${path ?? (id === null ? `/${type}` : `/${type}/${id}`)}${own}`;
}

function collectionLinks({ domain, path, search, page, total }: Shape): Record<string, string> {
  const links: Record<string, string> = { self: `${domain}${path}${search}` };
  if (!page || !total) return links;
  const rest = search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !/^page(\[|%5B)/i.test(part));
  const to = (offset: number) =>
    `${domain}${path}?${[...rest, `page[offset]=${offset}`, `page[limit]=${page.limit}`].join('&')}`;
  links['last'] = to((Math.ceil(total / page.limit) - 1) * page.limit);
  links['first'] = to(0);
  if (page.offset > 0) links['prev'] = to(Math.max(0, page.offset - page.limit));
  if (page.offset + page.limit < total) links['next'] = to(page.offset + page.limit);
  return links;
}

/** Loads relations level by level, hangs them on `objects`, and returns what was found, each once, in order of discovery. */
async function include(
  app: App,
  resources: Resources,
  items: readonly Item[],
  objects: readonly ResourceObject[],
  shape: Shape,
): Promise<ResourceObject[]> {
  const found = new Map<string, ResourceObject>();
  const known = new Set(items.map(keyOf));
  let level = items.map((item, at) => ({ item, object: objects[at] }));
  while (level.length > 0) {
    const next: typeof level = [];
    // Without a source there is nothing to load from: some items are the end of the line.
    const rich = level.filter(({ item }) => item.source !== undefined);
    for (const [type, group] of Map.groupBy(rich, ({ item }) => item.type)) {
      for (const [name, relation] of resources.get(type)?.relations ?? []) {
        if (!shape.include.has(name)) continue;
        const related = await relation(
          app,
          group.map(({ item }) => item),
        );
        for (const [at, { object }] of group.entries()) {
          const others = related[at] ?? [];
          if (!object || others.length === 0) continue;
          object.relationships = {
            ...object.relationships,
            [name]: { data: others.map(({ type, id }) => ({ type, id })) },
          };
          for (const item of others) {
            if (known.has(keyOf(item))) continue;
            known.add(keyOf(item));
            const made = resourceObject(item, shape);
            found.set(keyOf(item), made);
            next.push({ item, object: made });
          }
        }
      }
    }
    level = next;
  }
  return [...found.values()];
}

const keyOf = ({ type, id }: Item) => `${type} ${id ?? ''}`;
