/** What the footers of pages and emails say of a shop. */
export interface ShopDetails {
  name: string;
  /** In one line. */
  address: string | undefined;
  imprintUrl: string | undefined;
  privacyUrl: string | undefined;
  termsUrl: string | undefined;
}
