import { traceStep } from '../tracing.ts';

/** Statement texts are few and fixed; past this many something builds them from data. */
const MOST = 1000;
const summaries = new Map<string, string>();

const NAME = String.raw`((?:"?[a-z_]\w*"?\.)?"?[a-z_]\w*"?)`;
const changes = new RegExp(
  String.raw`\b(insert)\s+into\s+${NAME}|\b(update)\s+${NAME}(?=\s+(?:as\s+\S+\s+|\S+\s+)?set\b)|\b(delete)\s+from\s+${NAME}|\b(merge)\s+into\s+${NAME}`,
  'i',
);
const reads = new RegExp(String.raw`\bfrom\s+${NAME}`, 'i');

/** What a statement does to which table, for people who read traces: `select customer`. Nothing of its values. */
function statementSummary(text: string): string {
  const known = summaries.get(text);
  if (known !== undefined) return known;
  const summary = summarize(text.replace(/\/\*[\s\S]*?\*\/|'[^']*'/g, ' '));
  if (summaries.size < MOST) summaries.set(text, summary);
  return summary;
}

/** The first change, or else the first table that is read. */
function summarize(plain: string): string {
  const [verb, table] = changes.exec(plain)?.slice(1).filter(Boolean) ?? [];
  const words = verb
    ? [verb, table]
    : [/[a-z]+/i.exec(plain)?.[0].replace(/^with$/i, 'select'), reads.exec(plain)?.[1]];
  return words
    .filter((word) => word !== undefined)
    .join(' ')
    .replaceAll('"', '')
    .toLowerCase();
}

/** Runs a statement in a span of the request or job it belongs to. */
export const traceStatement = <T>(text: string, run: () => Promise<T>): Promise<T> =>
  traceStep(
    () => statementSummary(text),
    () => ({ 'db.system.name': 'postgresql', 'db.query.summary': statementSummary(text) }),
    run,
  );
