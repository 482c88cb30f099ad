export { changesOf, entriesAbout } from './queries.ts';
export { changesBetween, entryOf, record } from './record.ts';
export { auditPrivacy } from './privacy.ts';
