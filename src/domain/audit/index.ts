export { changesOf, entriesAbout } from './queries.ts';
export { type Changes, changesBetween, entryOf, record } from './record.ts';
export { auditPrivacy } from './privacy.ts';
