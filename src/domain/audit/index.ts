export { changesOf, entriesAbout } from './queries.ts';
export { changesBetween, record } from './record.ts';
export { auditPrivacy } from './privacy.ts';
