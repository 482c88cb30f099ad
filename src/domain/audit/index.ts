export {
  audited,
  type AuditRecord,
  changesOf,
  type EntryJson,
  entriesAbout,
  entryById,
  recentEntries,
} from './queries.ts';
export { beforeAndAfter, type Changes, changesBetween, entryJson, entryOf, type Happening, record } from './record.ts';
export { auditPrivacy } from './privacy.ts';
