export {
  audited,
  type AuditRecord,
  changesOf,
  type EntryJson,
  entriesAbout,
  entryParts,
  preparedWithJob,
  entryById,
  recentEntries,
} from './queries.ts';
export { beforeAndAfter, type Changes, changesBetween, entryJson, type Happening, record } from './record.ts';
export { auditPrivacy } from './privacy.ts';
