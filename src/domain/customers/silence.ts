import type { App } from '../../platform/app.ts';
import { enqueue } from '../../platform/jobs/job.ts';
import { type Problem, several } from '../../platform/problem.ts';
import { mayAskForMail } from '../throttle/index.ts';
import { sendAlreadyRegistered } from './mails.ts';
import { emailTaken } from './problems.ts';
import { customerByEmail } from './queries.ts';

/** Tells the owner of an address, and nobody else, that it has an account already. */
export async function tellOwner(app: App, email: string, network: string | undefined): Promise<void> {
  const owner = await customerByEmail(app.db, email);
  if (owner && (await mayAskForMail(app, owner.email, network)))
    await enqueue(app, sendAlreadyRegistered, { customerId: owner.id });
}

/** What was thrown without its saying that an address is taken; undefined when that was all it said. */
export function withoutTaken(thrown: unknown): unknown {
  if (emailTaken.is(thrown)) return undefined;
  if (!several.is(thrown)) return thrown;
  const others: Problem[] = thrown.details.problems.filter((problem) => !emailTaken.is(problem));
  return others.length > 1 ? several({ problems: others }) : others[0];
}
