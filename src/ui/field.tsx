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
  /** What was wrong with what was typed, a sentence each. */
  error?: string | readonly string[] | undefined;
}

/** What is wrong with a field, below it. */
function FieldError({ id, error }: { id: string; error: FieldProps['error'] }) {
  const sentences = typeof error === 'string' ? [error] : (error ?? []);
  if (sentences.length === 0) return null;
  return (
    <div className="error" id={`${id}_error`}>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

const isWrong = (error: FieldProps['error']) => (error && error.length > 0 ? true : undefined);

/** `registerForm[password][first]` */
export const fieldName = (form: string, name: string) =>
  form +
  name
    .split('.')
    .map((part) => `[${part}]`)
    .join('');
/** `registerForm_password_first` */
export const fieldId = (form: string, name: string) => [form, ...name.split('.')].join('_');

/** A labelled input that says what was wrong with it, to eyes and to screen readers. */
export function Field({ form, name, label, type = 'text', value, hint, error, required = true, ...rest }: FieldProps) {
  const id = fieldId(form, name);
  const describedBy = [hint && `${id}_hint`, isWrong(error) && `${id}_error`].filter(Boolean).join(' ');
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
        aria-invalid={isWrong(error)}
        aria-describedby={describedBy || undefined}
        {...rest}
      />
      <FieldError id={id} error={error} />
    </div>
  );
}

export interface ChoiceProps {
  form: string;
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** What stands there before something is chosen. */
  empty: string;
  value?: string | undefined;
  autoComplete?: string;
  required?: boolean;
  error?: FieldProps['error'];
}

/** A labelled select. */
export function Choice({ form, name, label, options, empty, value, error, required = true, ...rest }: ChoiceProps) {
  const id = fieldId(form, name);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={fieldName(form, name)}
        defaultValue={value ?? ''}
        required={required}
        aria-invalid={isWrong(error)}
        aria-describedby={isWrong(error) && `${id}_error`}
        {...rest}
      >
        <option value="">{empty}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldError id={id} error={error} />
    </div>
  );
}

/** A check box with its label behind it. */
export function Check({
  form,
  name,
  label,
  error,
  checked = false,
  required = false,
}: {
  form: string;
  name: string;
  label: string;
  error?: FieldProps['error'];
  checked?: boolean;
  required?: boolean;
}) {
  const id = fieldId(form, name);
  return (
    <div className="field check">
      <input
        id={id}
        name={fieldName(form, name)}
        type="checkbox"
        value="1"
        defaultChecked={checked}
        required={required}
        aria-invalid={isWrong(error)}
        aria-describedby={isWrong(error) && `${id}_error`}
      />
      <label htmlFor={id}>{label}</label>
      <FieldError id={id} error={error} />
    </div>
  );
}

/** Whose password a form is about, for password managers: not shown, not sent. They pass over `type=hidden`. */
export const Username = ({ value }: { value: string }) => (
  <input type="text" autoComplete="username" value={value} readOnly hidden />
);

export const Submit = ({ children, quiet = false }: { children: string; quiet?: boolean }) => (
  <button type="submit" data-qa="submit-button" className={quiet ? 'quiet' : undefined}>
    {children}
  </button>
);
