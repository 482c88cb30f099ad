import type { ReactNode } from 'react';
import { fieldId, fieldName } from '../../ui/field.tsx';
import type { Visit } from './visit.ts';

/** The secret field that proves a form came from a page of ours. A form that stands on a page once gives it an id. */
export const Token = ({ visit, form, id }: { visit: Visit; form: string; id?: string }) => (
  <input type="hidden" id={id} name={fieldName(form, '_token')} value={visit.token} />
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
    <Token visit={visit} form={name} id={fieldId(name, '_token')} />
    {children}
  </form>
);

/** A hidden field within a form. */
export const Hidden = ({ form, name, value }: { form: string; name: string; value: string }) => (
  <input type="hidden" name={fieldName(form, name)} value={value} />
);
