import type { Bearer } from '../../domain/sign-in/index.ts';
import type { Store } from '../../domain/stores/index.ts';
import type { App } from '../../platform/app.ts';
import { assume } from '../../platform/types.ts';
import type { Attributes } from './rules.ts';
import type { Step } from './route.ts';

/** A resource object before it is put into its envelope. */
export interface Item {
  type: string;
  /** Null for resources that are not stored, such as tokens. */
  id: string | null;
  attributes: Record<string, unknown>;
  /** Path of its own where it is not `/{type}/{id}`. */
  path?: string;
  /** What relations are loaded from; never sent. */
  source?: object;
}

export interface Page {
  offset: number;
  limit: number;
}

/** What an operation answers. `total` brings pagination links. */
export type Answer = { items: readonly Item[]; total?: number } | { status: 204 };

export const noContent: Answer = { status: 204 };

/** What a handler is told. */
export interface Ask<Values> {
  app: App;
  attributes: Values;
  /** The id of the resource; empty where the path has none. */
  id: string;
  steps: readonly Step[];
  /** The customer; only where the operation is protected is it certain to be there. */
  bearer: Bearer | undefined;
  store: Store;
  locale: string;
  page: Page | undefined;
  sort: readonly string[];
  query: URLSearchParams;
}

/** An operation that asks who is there always knows. */
export interface AskOf<Values> extends Ask<Values> {
  bearer: Bearer;
}

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly protected: boolean;
  /** Whether the first id of the path must be the customer's own reference (403/411 otherwise). */
  readonly own: boolean;
  readonly summary: string;
  readonly attributes: Attributes<unknown> | undefined;
  /** The account whose log-in block is looked at before anything else is checked. */
  readonly lockout: ((attributes: object) => string | undefined) | undefined;
  answer(ask: Ask<unknown>, given: object): Promise<Answer>;
}

type Method = Operation['method'];

interface Definition<Values> {
  method: Method;
  summary: string;
  attributes?: Attributes<Values>;
  lockout?: (attributes: object) => string | undefined;
}

/** An operation anybody may use; a token that is sent along must be valid all the same. */
export function open<Values = undefined>(
  definition: Definition<Values> & { handle(ask: Ask<Values>): Promise<Answer> | Answer },
): Operation {
  const { method, summary, attributes, lockout, handle } = definition;
  return {
    method,
    summary,
    protected: false,
    own: false,
    attributes,
    lockout,
    async answer(ask, given) {
      return handle({ ...ask, attributes: assume<Values>(attributes?.values(given)) });
    },
  };
}

/** An operation for a logged-in customer; with `own`, only on what the path says is theirs. */
export function guarded<Values = undefined>(
  definition: Definition<Values> & { own?: boolean; handle(ask: AskOf<Values>): Promise<Answer> | Answer },
): Operation {
  const { method, summary, attributes, own = false, handle } = definition;
  return {
    method,
    summary,
    protected: true,
    own,
    attributes,
    lockout: undefined,
    async answer(ask, given) {
      const { bearer } = ask;
      if (!bearer) throw new Error('a protected operation was reached without a customer');
      return handle({ ...ask, bearer, attributes: assume<Values>(attributes?.values(given)) });
    },
  };
}

/** Loads what items are related to: a list of items for each, in the same order. */
export type Relation = (app: App, items: readonly Item[]) => Promise<readonly (readonly Item[])[]>;

export interface Resource {
  readonly type: string;
  /** Types of the path above it, from the root. */
  readonly parents: readonly string[];
  /** Whether `mine` stands for the current user's own collection. */
  readonly mine: boolean;
  readonly operations: readonly Operation[];
  /** What `include` may name, by type. */
  readonly relations: ReadonlyMap<string, Relation>;
}

export function resource(definition: {
  type: string;
  parents?: readonly string[];
  mine?: boolean;
  operations: readonly Operation[];
  relations?: Record<string, Relation>;
}): Resource {
  const { type, parents = [], mine = false, operations, relations = {} } = definition;
  return { type, parents, mine, operations, relations: new Map(Object.entries(relations)) };
}
