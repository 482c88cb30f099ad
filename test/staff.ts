import { createStaffUser, type NewStaffUser, type StaffUser } from '../src/domain/staff/index.ts';
import { api } from './api.ts';
import type { World } from './app.ts';
import { PASSWORD } from './builders.ts';

let count = 0;

/** Somebody who works for the shop; everything but the address is the same each time. */
export function colleague(details: Partial<NewStaffUser> = {}): NewStaffUser {
  count += 1;
  return {
    email: `ana.roth.${process.pid}.${count}@shop.example`,
    firstName: 'Ana',
    lastName: 'Roth',
    password: PASSWORD,
    locale: 'en_US',
    isAgent: true,
    roles: [],
    ...details,
  };
}

/** A staff user who may act for customers, unless `details` say otherwise. */
export const agent = (world: World, details: Partial<NewStaffUser> = {}): Promise<StaffUser> =>
  createStaffUser(world.app, colleague(details));

/** Logs an agent in over the API. */
export async function agentToken(
  world: World,
  email: string,
  password = PASSWORD,
): Promise<{ accessToken: string; refreshToken: string }> {
  const { status, text, json } = await api(world, 'POST', '/agent-access-tokens', {
    attributes: { username: email, password },
  });
  if (status !== 201) throw new Error(`log-in answered ${status}: ${text}`);
  return json.data.attributes;
}
