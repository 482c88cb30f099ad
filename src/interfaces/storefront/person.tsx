import { EMAIL_MAX, isEmail, Name } from '../../domain/customers/index.ts';
import type { Translate } from '../../i18n/index.ts';
import { Choice, Field } from '../../ui/field.tsx';
import type { Visit } from './visit.ts';
import { passwordHint } from './words.ts';

/** What was wrong with fields, by their names. */
export type FieldErrors = Record<string, string | readonly string[] | undefined>;

interface Fields {
  visit: Visit;
  form: string;
  errors: FieldErrors;
}

/** All but `n/a`, which is for staff who do not know. */
const salutationOptions = (t: Translate) => [
  { value: 'Ms', label: t('customer.salutation.ms') },
  { value: 'Mrs', label: t('customer.salutation.mrs') },
  { value: 'Mr', label: t('customer.salutation.mr') },
  { value: 'Dr', label: t('customer.salutation.dr') },
];

/** Salutation and names. */
export function PersonFields({
  visit: { t },
  form,
  errors,
  value,
  salutationRequired,
}: Fields & { value: (name: string) => string | undefined; salutationRequired: boolean }) {
  return (
    <>
      <Choice
        form={form}
        name="salutation"
        label={t('customer.salutation')}
        options={salutationOptions(t)}
        empty={t('form.choose.option')}
        value={value('salutation')}
        autoComplete="honorific-prefix"
        required={salutationRequired}
        error={errors['salutation']}
      />
      <Field
        form={form}
        name="first_name"
        label={t('customer.first_name')}
        autoComplete="given-name"
        value={value('first_name')}
        maxLength={100}
        error={errors['first_name']}
      />
      <Field
        form={form}
        name="last_name"
        label={t('customer.last_name')}
        autoComplete="family-name"
        value={value('last_name')}
        maxLength={100}
        error={errors['last_name']}
      />
    </>
  );
}

/** What was typed there; a name that is none is undefined and in `errors`. */
export function readPerson({ t, typed = () => '' }: Visit) {
  const [first, last] = [Name.safeParse(typed('first_name')), Name.safeParse(typed('last_name'))];
  return {
    salutation: salutationOptions(t).find(({ value }) => value === typed('salutation'))?.value,
    firstName: first.data,
    lastName: last.data,
    errors: {
      first_name: first.success ? undefined : t('form.name'),
      last_name: last.success ? undefined : t('form.name'),
    },
  };
}

/** What is wrong with an address by itself. */
export function emailMistake({ t }: Visit, email: string): string | undefined {
  if ([...email].length > EMAIL_MAX) return t('customer.email.length.exceeded', { max: EMAIL_MAX });
  return isEmail(email) ? undefined : t('customer.email.format.invalid');
}

/** A password that is chosen, twice; `errors` are `password` and `confirm`. */
export function NewPasswordFields({
  visit: { app, t },
  form,
  errors,
  label,
  names: [once, again],
}: Fields & { label: string; names: readonly [once: string, again: string] }) {
  return (
    <>
      <Field
        form={form}
        name={once}
        type="password"
        label={label}
        autoComplete="new-password"
        hint={passwordHint(app, t)}
        error={errors['password']}
      />
      <Field
        form={form}
        name={again}
        type="password"
        label={t('customer.password.confirm')}
        autoComplete="new-password"
        error={errors['confirm']}
      />
    </>
  );
}
