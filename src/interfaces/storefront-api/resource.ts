import type { z } from 'zod';
import { customerNotFound, type Shopper } from '../../domain/customers/index.ts';
import type { ContentType } from '../../domain/guest-access/index.ts';
import type { Bearer } from '../../domain/sign-in/index.ts';
import type { StaffUser } from '../../domain/staff/index.ts';
import type { Store } from '../../domain/stores/index.ts';
import type { App } from '../../platform/app.ts';
import type { Problem, ProblemKind } from '../../platform/problem.ts';
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
  /** What relations are loaded from; without it there are none. Never sent. */
  source?: object;
}

export interface Page {
  offset: number;
  limit: number;
}

/** What an operation answers. `total` brings pagination links, for `page` where the operation has pages of its own. */
export type Answer = { items: readonly Item[]; total?: number; page?: Page } | { status: 204 };

export const noContent: Answer = { status: 204 };

/** What a handler is told. */
export interface Ask<Values> {
  app: App;
  attributes: Values;
  /** `data.attributes` as they were sent, for what the contract does not validate. */
  given: object;
  /** The id of the resource; empty where the path has none. */
  id: string;
  steps: readonly Step[];
  /** Who is there; only where the operation asks for somebody is it certain. */
  bearer: Bearer | undefined;
  /** The agent who is there, alone or beside a customer. */
  agent: StaffUser | undefined;
  store: Store;
  locale: string;
  page: Page | undefined;
  sort: readonly string[];
  query: URLSearchParams;
  /** One-time code of a second factor, X-MFA-Code. */
  code: string | undefined;
}

/** An operation that asks for a customer always knows who it is. */
export interface AskOf<Values> extends Ask<Values> {
  bearer: Bearer & { customer: Shopper };
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What of a resource an operation is about: its collection, one by its id, or the caller's own. */
export type Target = 'many' | 'one' | 'mine';

/** Who may use an operation: anyone, a customer who is logged in, one who is or an agent, an agent. */
export type Audience = 'anyone' | 'customer' | 'customer-or-agent' | 'agent';

/** The account whose log-in block is looked at before anything else is checked. */
export type Lockout = (attributes: object) => { door: 'customer' | 'agent'; account: string } | undefined;

export interface Operation {
  readonly method: Method;
  readonly at: Target;
  readonly audience: Audience;
  /** What is wrong when the first id of the path is not the customer's own reference; undefined where any will do. */
  readonly own: ProblemKind | undefined;
  readonly summary: string;
  readonly attributes: Attributes<unknown> | undefined;
  readonly lockout: Lockout | undefined;
  /** Attributes that the contract does not validate, for the documentation. */
  readonly takes: readonly string[];
  /** What can go wrong in the handler, for the documentation. */
  readonly problems: readonly Problem[];
  /** Whether a token makes a difference where none is needed. */
  readonly heedsToken: boolean;
  /** Whether it reads a one-time code. */
  readonly takesCode: boolean;
  /** Whether the answer is always 204. */
  readonly silent: boolean;
  /** Whether it heeds `page[offset]` and `page[limit]`. */
  readonly paged: boolean;
  /** Whether an agent who acts for a customer may use it. */
  readonly whileImpersonating: boolean;
  /** Query parameters of its own, with what they mean. */
  readonly query: Readonly<Record<string, string>>;
  answer(ask: Ask<unknown>): Promise<Answer>;
}

interface Definition<Values> {
  method: Method;
  /** Without it: the collection for POST, one for PATCH and DELETE. GET has to say. */
  at?: Target;
  summary: string;
  attributes?: Attributes<Values>;
  takes?: readonly string[];
  problems?: readonly Problem[];
  /** With `own`, only on what the path says is the customer's; the problem says what it is otherwise. */
  own?: ProblemKind;
  nobody?: Nobody;
  lockout?: Lockout;
  heedsToken?: boolean;
  takesCode?: boolean;
  silent?: boolean;
  paged?: boolean;
  /** Reading is allowed to agents who act for a customer; what changes something only where this says so. */
  whileImpersonating?: true;
  query?: Record<string, string>;
}

/** What an agent reads who acts for nobody, where a customer is asked for. */
type Nobody = (ask: Ask<unknown>) => Problem;

/** Makes the constructor of operations for an audience; `admit` says who is there, or refuses. */
const operationFor =
  <Who extends object>(audience: Audience, admit: (ask: Ask<unknown>, nobody: Nobody | undefined) => Who) =>
  <Values = undefined>({
    handle,
    ...definition
  }: Definition<Values> & { handle(ask: Ask<Values> & Who): Promise<Answer> | Answer }): Operation => {
    const { method, at, attributes, takes = [], problems = [], silent = false, paged = false, query = {} } = definition;
    // With a token to act for a customer nobody is an agent: operations for agents refuse it themselves.
    const whileImpersonating = definition.whileImpersonating ?? (method === 'GET' || audience === 'agent');
    return {
      method,
      at: at ?? (method === 'PATCH' || method === 'DELETE' ? 'one' : 'many'),
      audience,
      own: definition.own,
      summary: definition.summary,
      attributes,
      takes,
      lockout: definition.lockout,
      problems: audience === 'customer' && !definition.nobody ? [...problems, customerNotFound({})] : problems,
      heedsToken: definition.heedsToken ?? false,
      takesCode: definition.takesCode ?? false,
      silent,
      paged,
      whileImpersonating,
      query,
      answer: async (ask) =>
        handle({ ...ask, ...admit(ask, definition.nobody), attributes: assume<Values>(attributes?.values(ask.given)) }),
    };
  };

/** An operation for everybody; a token that is sent along must be valid all the same. */
export const forAnyone = operationFor('anyone', () => ({}));

/** An operation for a logged-in customer, or an agent who acts for one. */
export const forCustomers = operationFor('customer', (ask, nobody) => {
  const bearer = bearerIn(ask);
  const { customer } = bearer;
  if (!customer) throw nobody?.(ask) ?? customerNotFound({});
  return { bearer: { ...bearer, customer } };
});

/** An operation for whoever is logged in, customer or agent. */
export const forCustomersOrAgents = operationFor('customer-or-agent', (ask) => ({ bearer: bearerIn(ask) }));

/** An operation for agents. */
export const forAgents = operationFor('agent', ({ agent }) => {
  if (!agent) throw new Error('an operation for agents was reached without one');
  return { agent };
});

/** The pipeline lets nobody through without. */
function bearerIn({ bearer }: Ask<unknown>): Bearer {
  if (!bearer) throw new Error('a protected operation was reached without anybody');
  return bearer;
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
  /** Its paths, as the documentation and metrics write them: `/customers/{customerReference}/addresses/{id}`. */
  readonly paths: Readonly<Record<Target, string>>;
  /** What `include` may name, by type. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** The attributes of its items, for the documentation. Items of another type name it. */
  readonly shows: { type: string; attributes: z.ZodType; named: boolean };
  /** Whether changes ask customers with a second factor for its code. */
  readonly mfa: boolean;
  /** Whether a visitor without a token has to say who they are, in X-Anonymous-Customer-Unique-Id. */
  readonly namesGuests: boolean;
  /** Whether it belongs to the shop, which keeps what is in it. */
  readonly shopsOwn: boolean;
  /** The kind of content that decides whether guests may read it, whatever its operations say. */
  readonly content: ContentType | undefined;
}

export function resource(definition: {
  type: string;
  parents?: readonly string[];
  mine?: boolean;
  operations: readonly Operation[];
  relations?: Record<string, Relation>;
  shows: z.ZodType;
  /** Type of the items where it is not the resource's own. */
  as?: string;
  /** Whether items have an id. */
  named?: boolean;
  mfa?: boolean;
  content?: ContentType;
  shopsOwn?: boolean;
  namesGuests?: boolean;
}): Resource {
  const { type, parents = [], mine = false, operations, relations = {}, shows, as = type, named = true } = definition;
  return {
    type,
    parents,
    mine,
    operations,
    paths: pathsOf(parents, type),
    relations: new Map(Object.entries(relations)),
    shows: { type: as, attributes: shows, named },
    mfa: definition.mfa ?? false,
    content: definition.content,
    shopsOwn: definition.shopsOwn ?? false,
    namesGuests: definition.namesGuests ?? false,
  };
}

function pathsOf(parents: readonly string[], type: string): Resource['paths'] {
  const many = `${parents.map((parent) => `/${parent}/{${idOf(parent)}}`).join('')}/${type}`;
  return { many, one: `${many}/{id}`, mine: `${many}/mine` };
}

/** Name of the path parameter that identifies a parent. */
export const idOf = (parent: string): string => (parent === 'customers' ? 'customerReference' : `${parent}Id`);
