// Prints what the README claims, measured now: `npm run bench`, `npm run bench -- --json`, `npm run bench -- NAME`.
import { benchmarks } from './benchmarks.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}. There is: ${benchmarks.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const results = [];
for (const { name, what, bar, atLeast, measure } of benchmarks.filter(({ name, onlyByName }) =>
  wanted.length === 0 ? !onlyByName : wanted.includes(name),
)) {
  if (!json) process.stderr.write(`${name} …\n`);
  for (const [part, value] of Object.entries(await measure())) {
    const limit = bar[part] ?? 0;
    results.push({
      name: part,
      what: what[part] ?? '',
      value: Number(value.toFixed(3)),
      bar: limit,
      ok: atLeast ? value >= limit : value <= limit,
      atLeast,
    });
  }
}

if (json) {
  console.log(
    JSON.stringify(
      results.map(({ name, value, bar, ok }) => ({ name, value, bar, ok })),
      null,
      2,
    ),
  );
} else {
  console.log('| what | measured | bar | |\n|---|---|---|---|');
  for (const { what, value, bar, ok, atLeast } of results) {
    console.log(`| ${what} | ${value} | ${atLeast ? '≥' : '≤'} ${bar} | ${ok ? 'ok' : 'missed'} |`);
  }
}
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
