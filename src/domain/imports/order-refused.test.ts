import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../../../test/app.ts';
import { useImports } from '../../../test/imports.ts';

const world = useApp();
const { loadLines: load } = useImports(world);

beforeAll(() => load('order', 'order_reference,currency', 'I,EUR'));

const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** A row of good cells but for these, and after it a good one. */
function twoRows(good: Record<string, string>, bad: Record<string, string>, key: string) {
  const columns = [...new Set([...Object.keys(good), ...Object.keys(bad)])];
  const rows = [
    { ...good, ...bad },
    { ...good, [key]: `${good[key]}-good` },
  ];
  const lines = rows.map((row: Record<string, string>) =>
    columns.map((name) => `"${(row[name] ?? '').replaceAll('"', '""')}"`).join(','),
  );
  return [columns.join(','), ...lines];
}

test.for<[column: string, text: string, problem: string]>([
  ['order_reference', '', 'is empty'],
  ['order_reference', 'x'.repeat(46), 'is longer than 45 characters'],
  ['email', 'nobody', 'is no e-mail address'],
  ['currency', '', 'is empty'],
  ['currency', 'eur', 'is no currency, as ISO 4217 has them: EUR'],
  ['price_mode', 'GROSS', 'is none of GROSS_MODE, NET_MODE'],
  ['created_at', '31.01.2026', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['created_at', '2026-02-30', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['updated_at', 'infinity', 'is no date such as 2024-01-31 or 2024-01-31 12:30:00'],
  ['subtotal', '10.00', 'is no whole number'],
  ['grand_total', '1e3', 'is no whole number'],
  ['tax_total', '9'.repeat(16), 'is no whole number'],
  ['billing_salutation', 'Herr', 'is none of Mr, Mrs, Ms, Dr, n/a'],
  ['shipping_country_iso2_code', 'XX', 'is no country, as ISO 3166 has them: DE'],
  ['billing_first_name', 'x'.repeat(256), 'is longer than 255 characters'],
  ['agent_email', 'nobody', 'is no e-mail address'],
  ['is_hidden', 'perhaps', 'is neither true nor false'],
  ['details', '[]', 'is no JSON object'],
  ['details', '{"a":', 'is no JSON object'],
  ['details', String.raw`{"a":"\u0000"}`, 'is no JSON object'],
  ['details', deep(64), 'is no JSON object'],
  ['details', deep(100_000), 'is no JSON object'],
  ['uuid', '12345', 'is no UUID'],
])('an order with another %s is refused alone: %.40s %s', async ([column, text, problem]) => {
  const good = { order_reference: 'O', currency: 'EUR', created_at: '2026-01-01' };

  const report = await load('order', ...twoRows(good, { [column]: text }, 'order_reference'));

  expect(report.rejections).toEqual([`2 ${column} ${problem}`]);
  expect(report.rows - report.rejected).toBe(1);
});

test.for<[column: string, text: string, problem: string]>([
  ['order_reference', 'later', 'names no order'],
  ['order_reference', '', 'is empty'],
  ['item_key', '', 'is empty'],
  ['item_key', 'x'.repeat(65), 'is longer than 64 characters'],
  ['sku', '', 'is empty'],
  ['name', '', 'is empty'],
  ['quantity', '', 'is empty'],
  ['quantity', '0', 'is no whole number above 0'],
  ['quantity', '-1', 'is no whole number above 0'],
  ['quantity', '1.5', 'is no whole number above 0'],
  ['quantity', '9999999999', 'is no whole number above 0'],
  ['unit_price', '', 'is empty'],
  ['unit_price', '1,50', 'is no whole number'],
  ['tax_rate', '101', 'is no percentage such as 19.00'],
  ['tax_rate', '-1', 'is no percentage such as 19.00'],
  ['tax_rate', '19 %', 'is no percentage such as 19.00'],
  ['is_returnable', 'x', 'is neither true nor false'],
  ['image', 'x'.repeat(2001), 'is longer than 2000 characters'],
  ['details', '"text"', 'is no JSON object'],
  ['details', deep(64), 'is no JSON object'],
])('an item with another %s is refused alone: %.40s %s', async ([column, text, problem]) => {
  const good = { order_reference: 'I', item_key: '1', sku: 'S-1', name: 'Lamp', quantity: '1', unit_price: '100' };

  const report = await load('order-item', ...twoRows(good, { [column]: text }, 'item_key'));

  expect(report.rejections).toEqual([`2 ${column} ${problem}`]);
  expect(report.rows - report.rejected).toBe(1);
});

test('an item before its order is refused, and goes in once the order is there', async () => {
  const item = ['order_reference,item_key,sku,name,quantity,unit_price', 'N-1,1,S-1,Lamp,1,100'] as const;
  expect(await load('order-item', ...item)).toMatchObject({
    created: 0,
    rejections: ['2 order_reference names no order'],
  });

  await load('order', 'order_reference,currency', 'N-1,EUR');

  expect(await load('order-item', ...item)).toMatchObject({ created: 1, rejections: [] });
});
