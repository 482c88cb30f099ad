export interface FieldProps {
  /** Name of the form, as in `loginForm[email]` and `loginForm_email`. */
  form: string;
  /** Name within the form; `password][first` style nesting is written `password.first`. */
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'tel' | 'date';
  value?: string | undefined;
  autoComplete?: string;
  required?: boolean;
  maxLength?: number;
  /** What may be typed, below the label. */
  hint?: string | undefined;
  /** What was wrong with what was typed. */
  error?: string | undefined;
}

/** `registerForm[password][first]` */
export const fieldName = (form: string, name: string) => form + name.split('.').map((part) => `[${part}]`).join('');
/** `registerForm_password_first` */
export const fieldId = (form: string, name: string) => [form, ...name.split('.')].join('_');

/** A labelled input that says what was wrong with it, to eyes and to screen readers. */
export function Field({ form, name, label, type = 'text', value, hint, error, required = true, ...rest }: FieldProps) {
  const id = fieldId(form, name);
  const describedBy = [hint && `${id}_hint`, error && `${id}_error`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="hint" id={`${id}_hint`}>
          {hint}
        </p>
      )}
      <input
        id={id}
        name={fieldName(form, name)}
        type={type}
        defaultValue={type === 'password' ? undefined : value}
        required={required}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy || undefined}
        {...rest}
      />
      {error && (
        <p className="error" id={`${id}_error`}>
          {error}
        </p>
      )}
    </div>
  );
}

export interface ChoiceProps {
  form: string;
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  value?: string | undefined;
  autoComplete?: string;
  required?: boolean;
  error?: string | undefined;
}

/** A labelled select. */
export function Choice({ form, name, label, options, value, error, required = true, ...rest }: ChoiceProps) {
  const id = fieldId(form, name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={fieldName(form, name)}
        defaultValue={value ?? ''}
        required={required}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}_error` : undefined}
        {...rest}
      >
        <option value="" />
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {error && (
        <p className="error" id={`${id}_error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** A check box with its label behind it. */
export function Check({ form, name, label, error, checked = false, required = false }: { form: string; name: string; label: string; error?: string | undefined; checked?: boolean; required?: boolean }) {
  const id = fieldId(form, name);
  return (
    <div className="field check">
      <input id={id} name={fieldName(form, name)} type="checkbox" value="1" defaultChecked={checked} required={required} aria-invalid={error ? true : undefined} aria-describedby={error ? `${id}_error` : undefined} />
      <label htmlFor={id}>{label}</label>
      {error && (
        <p className="error" id={`${id}_error`}>
          {error}
        </p>
      )}
    </div>
  );
}

export const Submit = ({ children, quiet = false }: { children: string; quiet?: boolean }) => (
  <button type="submit" data-qa="submit-button" className={quiet ? 'quiet' : undefined}>
    {children}
  </button>
);
