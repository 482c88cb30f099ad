import { superuserOf } from './embedded-connection.ts';
import { stopUnusedCluster } from './membership.ts';

/** A PostgreSQL that was just started needs so many milliseconds to write its process id on a busy machine. */
const GRACE_MS = 2000;

/** A program of its own: what `stopper.ts` runs after the end of a process. */
const [folder, socketFolder] = process.argv.slice(2);
if (folder !== undefined && socketFolder !== undefined)
  await stopUnusedCluster({ folder, superuser: superuserOf(socketFolder) }, GRACE_MS);
