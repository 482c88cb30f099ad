import { sql } from 'kysely';

/** Which rows of a list are wanted. */
export interface PageWish {
  offset: number;
  /** Null for all from there on. */
  limit: number | null;
}

/** Every row. */
export const everything: PageWish = { offset: 0, limit: null };

/**
 * `limit … offset …` of a page in a statement that has counted the list as `counted.total`: an offset past the end means
 * the last page, so that one statement answers for rows and their number.
 */
export const page = ({ offset, limit }: PageWish) =>
  limit === null
    ? sql`offset ${offset}::int`
    : sql`limit ${limit}::int offset case when ${offset}::int < counted.total then ${offset}::int
        else greatest((counted.total - 1) / ${limit}::int, 0) * ${limit}::int end`;
