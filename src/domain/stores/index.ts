export { chooseLocale, chooseStore, listStores, storeNamed } from './choose.ts';
export { pageUrl, shopLinkUrl } from './links.ts';
export { storeUnknown } from './problems.ts';
export { allStores } from './queries.ts';
export { shopNamed, shopOf } from './shop.ts';
export { setStore } from './set-store.ts';
export { languageOf, Store } from './store.ts';
