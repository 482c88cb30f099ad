import { z } from 'zod';
import type { App } from '../../platform/app.ts';
import { earlier } from '../../platform/clock.ts';
import { type AuditRecord, recentEntries } from '../audit/index.ts';
import { fullName } from '../customers/index.ts';
import { staffByIds } from '../staff/index.ts';

/** An agent acted for a customer, as the customer may read it. */
export interface Impersonation {
  from: Date;
  until: Date;
  /** Name of the agent where the shop shows it. */
  agent: string | undefined;
  /** Why, where the shop shows it and the agent said so. */
  reason: string | undefined;
}

/** Seconds and number for which a customer sees them in the account. */
const RECENT_SECONDS = 90 * 86_400;
const SHOWN = 5;

/** When agents acted for a customer lately, newest first. */
export async function recentImpersonations(app: App, customerId: string): Promise<Impersonation[]> {
  const since = earlier(app.now(), RECENT_SECONDS);
  return toImpersonations(app, await recentEntries(app.db, customerId, 'agents.impersonated', since, SHOWN));
}

const Facts = z.object({ agent: z.uuid(), until: z.coerce.date() });
const Changes = z.object({ reason: z.tuple([z.unknown(), z.string()]) });

/** Audit entries as customers may read them. */
export async function toImpersonations(app: App, entries: readonly AuditRecord[]): Promise<Impersonation[]> {
  const { IMPERSONATION_AGENT_SHOWN, IMPERSONATION_REASON_SHOWN } = app.config;
  const read = entries.flatMap(({ at, facts, changes }) => {
    const { data } = Facts.safeParse(facts);
    return data ? [{ at, ...data, reason: Changes.safeParse(changes).data?.reason[1] }] : [];
  });
  const staff = IMPERSONATION_AGENT_SHOWN
    ? await staffByIds(
        app.db,
        read.map(({ agent }) => agent),
      )
    : [];
  const names = new Map(staff.map((user) => [user.id, fullName(user)]));
  return read.map(({ at, until, agent, reason }) => ({
    from: at,
    until,
    agent: names.get(agent),
    reason: IMPERSONATION_REASON_SHOWN ? reason : undefined,
  }));
}
