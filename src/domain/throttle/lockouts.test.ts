import { expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { useApp } from '../../../test/app.ts';
import { activeCustomer, PASSWORD } from '../../../test/builders.ts';
import { agent } from '../../../test/staff.ts';
import { readConfig } from '../../platform/config.ts';

// Each kind of account is blocked by numbers of its own.

const world = useApp({
  SIGN_IN_ATTEMPTS: '4',
  SIGN_IN_BLOCK_SECONDS: '360',
  AGENT_SIGN_IN_ATTEMPTS: '2',
  AGENT_SIGN_IN_BLOCK_SECONDS: '1200',
  STAFF_SIGN_IN_ATTEMPTS: '3',
  STAFF_SIGN_IN_BLOCK_SECONDS: '600',
  SIGN_IN_ACCOUNT_ATTEMPTS: '1000',
});

const doors = {
  customer: (username: string, password: string) =>
    api(world, 'POST', '/access-tokens', { attributes: { username, password } }),
  agent: (username: string, password: string) =>
    api(world, 'POST', '/agent-access-tokens', { attributes: { username, password } }),
  staff: (username: string, password: string) =>
    api(world, 'POST', '/glue-backend/token', { body: { grant_type: 'password', username, password } }),
};

const owner = async (door: keyof typeof doors) =>
  door === 'customer' ? (await activeCustomer(world)).email : (await agent(world)).email;

test.for([
  ['customer', 4, 360],
  ['agent', 2, 1200],
  ['staff', 3, 600],
] as const)('%s: %i failures block for %i seconds', async ([door, attempts, seconds]) => {
  const email = await owner(door);
  const enters = async (password: string) => (await doors[door](email, password)).status < 300;
  for (let attempt = 1; attempt < attempts; attempt++) expect(await enters('wrong')).toBe(false);
  // One failure less than the limit blocks nobody.
  expect(await enters(PASSWORD)).toBe(true);

  const other = await owner(door);
  for (let attempt = 1; attempt <= attempts; attempt++) await doors[door](other, 'wrong');
  const entersOther = async () => (await doors[door](other, PASSWORD)).status < 300;
  expect(await entersOther()).toBe(false);
  world.now = new Date(world.now.getTime() + (seconds - 5) * 1000);
  expect(await entersOther()).toBe(false);
  world.now = new Date(world.now.getTime() + 10_000);
  expect(await entersOther()).toBe(true);
});

test('a blocked customer is told the minutes of customers, an agent those of agents', async () => {
  const told = async (door: 'customer' | 'agent', attempts: number) => {
    const email = await owner(door);
    for (let attempt = 0; attempt < attempts; attempt++) await doors[door](email, 'wrong');
    return (await doors[door](email, 'wrong')).text;
  };

  expect(await told('customer', 4)).toContain(' 6 Minuten');
  expect(await told('agent', 2)).toContain(' 20 Minuten');
});

test('agents and staff follow the numbers of customers where they have none of their own', () => {
  expect(readConfig({}).AGENT_SIGN_IN_ATTEMPTS).toBeUndefined();
  expect(readConfig({}).STAFF_SIGN_IN_BLOCK_SECONDS).toBeUndefined();
});
