import type { ReactNode } from 'react';
import { fieldId, fieldName } from '../../ui/field.tsx';
import type { Visit } from './visit.ts';

/** The secret field that proves a form came from a page of ours. */
export const Token = ({ visit, form }: { visit: Visit; form: string }) => (
  <input type="hidden" id={fieldId(form, '_token')} name={fieldName(form, '_token')} value={visit.token} />
);

/** A form on a card, with its token. */
export const Form = ({
  visit,
  name,
  action,
  children,
}: {
  visit: Visit;
  name: string;
  action: string;
  children: ReactNode;
}) => (
  <form className="card" name={name} id={name} method="post" action={action}>
    <Token visit={visit} form={name} />
    {children}
  </form>
);

/** A hidden field within a form. */
export const Hidden = ({ form, name, value }: { form: string; name: string; value: string }) => (
  <input type="hidden" name={fieldName(form, name)} value={value} />
);
