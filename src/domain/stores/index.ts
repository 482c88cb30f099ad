export { chooseLocale, chooseStore, listStores } from './choose.ts';
export { storeUnknown } from './problems.ts';
export { setStore } from './set-store.ts';
export { languageOf, Store } from './store.ts';
