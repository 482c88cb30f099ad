import type { Db } from '../../platform/database/open.ts';
import { importerOf } from '../imports/index.ts';
import { addressPage, countRows, customerPage } from './queries.ts';

/** Which rows of an export a statement reads. */
export interface PageOf {
  /** Key of the last row that was read. */
  after: readonly string[] | undefined;
  /** Rows. */
  limit: number;
  store: string | undefined;
}

export type Cell = string | boolean | null | undefined;
export type ExportedRow = Readonly<Record<string, Cell>>;

/** An entity that can be exported: its columns are those that an import of the entity reads. */
export interface Exporter {
  readonly entity: string;
  readonly columns: readonly string[];
  page(db: Db, page: PageOf): Promise<{ rows: readonly ExportedRow[]; last: readonly string[] | undefined }>;
  count(db: Db): Promise<number>;
}

/** `password_plain` is for imports only, and `address_key` is replaced by the identifier. */
const columnsOf = (entity: string) =>
  importerOf(entity)
    .columns.map(({ name }) => name)
    .filter((name) => name !== 'password_plain' && name !== 'address_key');

/** Every entity that can be exported. */
export const exporters: readonly Exporter[] = [
  {
    entity: 'customer',
    columns: columnsOf('customer'),
    page: customerPage,
    count: (db) => countRows(db, 'customer'),
  },
  {
    entity: 'customer-address',
    columns: columnsOf('customer-address'),
    page: addressPage,
    count: (db) => countRows(db, 'customerAddress'),
  },
];
