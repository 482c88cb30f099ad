import { z } from 'zod';
import type { Bearer } from '../../domain/sign-in/index.ts';
import { chooseLocale, chooseStore, type Store } from '../../domain/stores/index.ts';
import type { App } from '../../platform/app.ts';
import { type Incoming, UNKNOWN_ROUTE } from '../../platform/http/incoming.ts';
import { type Audience, forAnyone, resource } from './resource.ts';
import type { Resources, Route } from './route.ts';
import { notFound } from './wire-problems.ts';

/** A request on its way through the stages; each fills in what the next ones need. */
export interface Exchange {
  app: App;
  readonly incoming: Incoming;
  readonly resources: Resources;
  store: Store;
  locale: string;
  route: Route;
  /** `data.attributes` of the body. */
  given: object;
  /** Whom the Authorization header speaks for, or the agent's where there is none. */
  bearer: Bearer | undefined;
  /** The agent of X-Agent-Authorization, and then of Authorization. */
  agent: Bearer | undefined;
  /** Who may use the operation, after guests were let in or kept out. */
  audience: Audience;
}

/** The store that a request asks for, or the first. */
export const storeOf = (app: App, { header, query }: Incoming): Promise<Store> =>
  chooseStore(app, header('store') ?? query.get('_store') ?? undefined);

/** Store and language come before everything, as errors are written in that language too. */
export async function begin(app: App, incoming: Incoming, resources: Resources): Promise<Exchange> {
  const store = await storeOf(app, incoming);
  const locale = chooseLocale(store, incoming.header('accept-language'));
  return {
    app,
    incoming,
    resources,
    store,
    locale,
    route: nowhere,
    given: {},
    bearer: undefined,
    agent: undefined,
    audience: 'anyone',
  };
}

/** Where a request goes before it is known. */
export const nowhere: Route = {
  resource: resource({ type: '', operations: [], shows: z.object({}) }),
  operation: forAnyone({
    method: 'GET',
    summary: '',
    handle() {
      throw notFound({});
    },
  }),
  steps: [],
  path: UNKNOWN_ROUTE,
  methods: [],
};
