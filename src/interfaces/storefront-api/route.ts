import type { Operation, Resource, Target } from './resource.ts';

/** One step of a path: a type and, where given, an id. `//` makes the id empty. */
export interface Step {
  type: string;
  id: string | undefined;
}

export interface Route {
  resource: Resource;
  operation: Operation;
  /** From the root to the resource itself, which is the last. */
  steps: readonly Step[];
  /** Pattern of the path, `/customers/{id}`. */
  path: string;
  /** Methods the path answers; only pre-flights ask. */
  methods: readonly string[];
}

/** Resources by the types of their path, `customers/addresses`. */
export type Resources = ReadonlyMap<string, Resource>;

export const byPath = (list: readonly Resource[]): Resources =>
  new Map(list.map((resource) => [[...resource.parents, resource.type].join('/'), resource]));

/** `/a/1/b/2` as steps; a trailing slash does not count. */
export function stepsOf(path: string): Step[] {
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').map(unescape);
  const steps: Step[] = [];
  for (let at = 0; at < segments.length; at += 2) steps.push({ type: segments[at] ?? '', id: segments[at + 1] });
  return steps;
}

/** A segment that cannot be unescaped names nothing; it is left as it is. NUL can stand in no text column. */
export function unescape(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment).replaceAll('\0', '\uFFFD');
  } catch {
    return segment;
  }
}

/**
 * The operation a request asks for, or undefined: an unknown type, a wrong parent, a method the resource does not have,
 * a POST with an id. All of them are the contract's one 404.
 */
export function findRoute(resources: Resources, method: string, steps: readonly Step[]): Route | undefined {
  const last = steps.at(-1);
  const resource = resources.get(steps.length === 1 ? (last?.type ?? '') : steps.map(({ type }) => type).join('/'));
  if (!last || !resource) return undefined;
  const at: Target = !last.id ? 'many' : resource.mine && last.id === 'mine' ? 'mine' : 'one';
  const path = resource.paths[at];
  if (method === 'OPTIONS') {
    const [first] = resource.operations;
    const methods = [...new Set(resource.operations.map((operation) => operation.method))];
    return first && { resource, operation: first, steps, path, methods };
  }
  if (method === 'POST' && last.id !== undefined) return undefined;
  const fitting = resource.operations.filter((operation) => operation.method === method);
  // A resource that says nothing of this case answers as it does otherwise; below another one there is no such thing.
  const isNowhere = method === 'GET' && resource.parents.length > 0;
  const operation = fitting.find((operation) => operation.at === at) ?? (isNowhere ? undefined : fitting.at(-1));
  return operation && { resource, operation, steps, path, methods: [] };
}
