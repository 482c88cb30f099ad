import { z } from 'zod';
import { isBlank, isLonger } from '../../platform/text.ts';
import { isEmail } from '../../platform/mail/address.ts';

export const staffStates = ['active', 'blocked', 'deleted'] as const;
export type StaffState = (typeof staffStates)[number];

/** Somebody who works for the shop. The hash of the password is not in this type. */
export interface StaffUser {
  id: string;
  /** `id_agent` and `id_user` of access tokens. */
  number: number;
  email: string;
  firstName: string;
  lastName: string;
  locale: string;
  state: StaffState;
  /** May act for customers in the shop. */
  isAgent: boolean;
  /** Access tokens issued up to then are void. */
  accessEndedAt: Date | null;
}

const name = (most: number) =>
  z
    .string()
    .trim()
    .refine((text) => !isBlank(text), 'must not be blank')
    .refine((text) => !isLonger(text, most), `must not have more than ${most} characters`);

export const NewStaffUser = z.strictObject({
  email: z.string().max(100, 'must not have more than 100 characters').refine(isEmail, 'must be an email address'),
  firstName: name(100),
  lastName: name(255),
  password: z.string(),
  locale: z.string().regex(/^[a-z]{2}_[A-Z]{2}$/, 'must look like de_DE'),
  isAgent: z.boolean(),
  roles: z.array(z.string()),
});
export type NewStaffUser = z.output<typeof NewStaffUser>;
