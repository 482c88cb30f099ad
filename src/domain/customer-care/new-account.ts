import { z } from 'zod';
import { isBlank, isLonger } from '../../platform/text.ts';
import { genders, isDay, Name, NAME_MAX, salutations } from '../customers/index.ts';

const PHONE_MAX = 255;
const COMPANY_MAX = 100;

const name = z
  .string('is needed')
  .trim()
  .refine((text) => !isBlank(text) && Name.safeParse(text).success, {
    error: `must have 1 to ${NAME_MAX} characters, and no : / < or >`,
  });

const optional = (most: number) =>
  z
    .string()
    .trim()
    .refine((text) => !isBlank(text), { error: 'must not be blank', abort: true })
    .refine((text) => !isLonger(text, most), `must not have more than ${most} characters`)
    .nullable()
    .default(null);

/** An account that staff create. Where there is no password, the customer is mailed a link to choose one. */
export const NewAccount = z.strictObject({
  email: z.string(),
  firstName: name,
  lastName: name,
  salutation: z
    .enum(salutations, `must be one of ${salutations.join(', ')}`)
    .nullable()
    .default(null),
  gender: z
    .enum(genders, `must be one of ${genders.join(', ')}`)
    .nullable()
    .default(null),
  dateOfBirth: z.string().refine(isDay, 'must be a day such as 1990-12-31').nullable().default(null),
  phone: optional(PHONE_MAX),
  company: optional(COMPANY_MAX),
  newsletter: z.boolean(),
  store: z.string(),
  locale: z.string(),
  password: z.string().nullable(),
  /** Whether staff know that the address is the customer's, so that it need not be confirmed. */
  isConfirmed: z.boolean(),
});
export type NewAccount = z.output<typeof NewAccount>;
