export { type AuditRecord, changesOf, entriesAbout, entryById, recentEntries } from './queries.ts';
export { type Changes, changesBetween, entryOf, record } from './record.ts';
export { auditPrivacy } from './privacy.ts';
