// Lints the description of the Storefront API that /docs serves.
import { createConfig, type NormalizedProblem, lintFromString } from '@redocly/openapi-core';
import { list } from '../src/interfaces/storefront-api/index.ts';
import { openApi } from '../src/interfaces/storefront-api/openapi/document.ts';

const places = { storefront: '/glue-storefront', backend: '/glue-backend' };
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    // Each operation answers 4xx where something can go wrong; the two that only say "nothing" cannot.
    'operation-4xx-response': 'error',
    'no-server-example.com': 'off',
    // The server is wherever the page is.
    'no-empty-servers': 'off',
    // `/company-users/mine` beside `/company-users/{id}` is what the contract says.
    'no-ambiguous-paths': 'off',
  },
});
const problems: NormalizedProblem[] = await lintFromString({
  source: JSON.stringify(openApi(list, '/', places)),
  config,
});
for (const { ruleId, message, location } of problems)
  console.error(`${ruleId}: ${message} (${location.map(({ pointer }) => pointer).join(', ')})`);
process.exit(problems.length > 0 ? 1 : 0);
