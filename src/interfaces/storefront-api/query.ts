import type { Store } from '../../domain/stores/index.ts';
import type { Page } from './resource.ts';
import { currencyInvalid, plain, priceModeInvalid } from './wire-problems.ts';

/** Most items a page may have, whatever `page[limit]` says. */
const PAGE_MAX = 500;

/** The page asked for, if both of its parameters are there. */
export function pageOf(query: URLSearchParams): Page | undefined {
  const offset = query.get('page[offset]');
  const limit = query.get('page[limit]');
  return offset === null || limit === null
    ? undefined
    : { offset: Math.max(0, Number(offset)), limit: Math.min(Number(limit), PAGE_MAX) };
}

/** An offset, unless empty or 0, is an integer, and the limit an integer above 0: docs/glue/requests.md#query-parameters. */
export function checkPage(query: URLSearchParams): void {
  const offset = query.get('page[offset]');
  const limit = query.get('page[limit]');
  if (offset === null && limit === null) return;
  const offsetIsFine = !offset || /^-?\d{1,9}$/.test(offset);
  if (!offsetIsFine || limit === null || !/^\d{1,9}$/.test(limit) || Number(limit) === 0)
    throw plain({ status: 400, text: 'Pagination parameters are invalid.' });
}

const priceModes = new Set(['GROSS_MODE', 'NET_MODE']);

export function checkCurrencies(query: URLSearchParams, store: Store): void {
  const currency = query.get('currency');
  if (currency !== null && !store.currencies.includes(currency)) throw currencyInvalid({});
  const priceMode = query.get('priceMode');
  if (priceMode !== null && !priceModes.has(priceMode)) throw priceModeInvalid({});
}

/** A comma-separated parameter as a list. */
export const wordsOf = (text: string | null): string[] =>
  text
    ? text
        .split(',')
        .map((word) => word.trim())
        .filter(Boolean)
    : [];

/** Those of an item's attributes that were asked for; all where nothing was. */
export const thin = (attributes: Record<string, unknown>, wanted: ReadonlySet<string> | undefined) =>
  wanted ? Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted.has(name))) : attributes;

/** `fields[type]=a,b` by type. */
export function sparseFields(query: URLSearchParams): Map<string, Set<string>> {
  const fields = new Map<string, Set<string>>();
  for (const [name, value] of query) {
    const type = /^fields\[([^\]]+)\]$/.exec(name)?.[1];
    if (type) fields.set(type, new Set(wordsOf(value)));
  }
  return fields;
}
