import { decoupledPaths } from '../decoupled/openapi.ts';
import type { Operation, Resource } from '../resource.ts';
import type { Json } from './json.ts';
import { bodyOf, parametersOf } from './requests.ts';
import { busy, busyResponses, errorsSchema, failuresOf, resourceObject, successOf } from './responses.ts';
import { tagDescriptions } from './tags.ts';
import { tokenPaths } from './token.ts';

/** The whole Storefront API as an OpenAPI 3.1 document, made of the resources themselves. `url` is where it answers. */
export function openApi(
  resources: readonly Resource[],
  url: string,
  places: { storefront: string; backend: string },
  hint = '',
): Json {
  const shown = resources.filter(({ operations }) => operations.length > 0);
  const paths: Record<string, Json> = {};
  for (const resource of shown)
    for (const operation of resource.operations) {
      const path = pathOf(resource, operation);
      paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(resource, operation, shown) };
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clientele Storefront API',
      version: '1',
      description:
        'Customer accounts of a shop, as JSON:API. Log in with `POST /access-tokens`, then send `Authorization: Bearer …`. Amounts are in minor units; errors carry codes as text, some of which are no HTTP status.' +
        hint,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    tags: [...new Set([...shown.map(tagOf).filter((tag) => tag !== SHOP), 'token', 'decoupled', SHOP])].map((name) => ({
      name,
      description: tagDescriptions[name],
    })),
    paths: { ...paths, ...tokenPaths(), ...decoupledPaths(places) },
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The accessToken that a log-in answered: a customer’s, an agent’s, or one with which an agent acts for a customer. An agent may send theirs as X-Agent-Authorization beside a customer’s.',
        },
      },
      schemas: {
        ...Object.fromEntries(
          shown
            .filter(({ operations }) => !operations.every(({ silent }) => silent))
            .map((resource) => [resource.shows.type, resourceObject(resource)] as const)
            // Of two resources of a type the one with relations says more.
            .toSorted(([, one], [, other]) => JSON.stringify(one).length - JSON.stringify(other).length),
        ),
        errors: errorsSchema,
      },
      responses: busyResponses,
    },
  };
}

/** What belongs to the shop and is only probed here comes last. */
const SHOP = 'the shop’s own';

const tagOf = ({ type, shopsOwn }: Resource): string => (shopsOwn ? SHOP : type);

/** `/customers/{customerReference}/addresses/{id}` */
function pathOf({ paths, mine }: Resource, { at }: Operation): string {
  return paths[at === 'mine' && !mine ? 'one' : at];
}

function operationObject(resource: Resource, operation: Operation, all: readonly Resource[]): Json {
  const { audience, heedsToken, summary, method } = operation;
  const security = [
    ...(audience === 'anyone' ? [{}] : []),
    ...(audience !== 'anyone' || heedsToken ? [{ token: [] }] : []),
  ];
  return {
    operationId: `${method.toLowerCase()}-${[...resource.parents, resource.type].join('-')}-${operation.at}`,
    summary,
    tags: [tagOf(resource)],
    security,
    parameters: parametersOf(resource, operation),
    ...(method === 'POST' || method === 'PATCH' ? { requestBody: bodyOf(resource.type, operation) } : {}),
    responses: { ...successOf(resource, operation, all), ...busy, ...failuresOf(resource, operation) },
  };
}
