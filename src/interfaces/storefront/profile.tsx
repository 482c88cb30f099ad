import { changePassword, passwordWrong, proveCurrentPassword } from '../../domain/credentials/index.ts';
import {
  type Customer,
  editProfile,
  normalizeEmail,
  requestEmailChangeSilently,
} from '../../domain/customers/index.ts';
import { openLink } from '../../domain/links/index.ts';
import { activeMfa, challengeMfa, type MfaProof, proveMfaOnce } from '../../domain/mfa/index.ts';
import { Field, Submit, Username } from '../../ui/field.tsx';
import { Form } from './form.tsx';
import { emailMistake, type FieldErrors, NewPasswordFields, PersonFields, readPerson } from './person.tsx';
import type { Page, Visit } from './visit.ts';
import { sentences, statusOf } from './words.ts';

const PROFILE = 'profileForm';
const PASSWORD = 'passwordForm';
const CODE = 'codeForm';

interface ProfileProps {
  visit: Visit;
  customer: Customer;
  /** An address that waits for confirmation. */
  waiting: Waiting | undefined;
  /** Whether changes need the code of a second factor. */
  guarded: boolean;
  errors?: FieldErrors;
}

interface Waiting {
  newEmail: string;
  minutes: number;
}

async function waitingEmail({ app }: Visit, customer: Customer): Promise<Waiting | undefined> {
  const link = await openLink(app, 'email-change', customer.id);
  if (!link?.email) return undefined;
  return { newEmail: link.email, minutes: Math.ceil((link.expiresAt.getTime() - app.now().getTime()) / 60_000) };
}

function Profile({ visit, customer, waiting, guarded, errors = {} }: ProfileProps) {
  const { t, url, app, sent } = visit;
  const action = url('/customer/profile');
  /** Mistakes are those of one form only. */
  const errorsOf = (form: string): FieldErrors => (sent === form ? errors : {});
  const known: Record<string, string | null> = {
    salutation: customer.salutation,
    first_name: customer.firstName,
    last_name: customer.lastName,
    email: customer.email,
  };
  const value = (name: string) => (sent === PROFILE ? visit.typed?.(name) : undefined) ?? known[name] ?? '';
  const code = (form: string) =>
    guarded && (
      <Field
        form={form}
        name="code"
        label={t('multi_factor_auth.code')}
        autoComplete="one-time-code"
        maxLength={6}
        error={errorsOf(form)['code']}
      />
    );
  return (
    <>
      <h1>{t('customer.account.profile_data')}</h1>
      {waiting && (
        <p className="notice info">{t('customer.data_change_request.email_change.requested', { ...waiting })}</p>
      )}
      {guarded && (
        <Form visit={visit} name={CODE} action={action}>
          <p>{t('multi_factor_auth.lead', { minutes: Math.round(app.config.MFA_CODE_SECONDS / 60) })}</p>
          {errorsOf(CODE)['code'] && <p role="alert">{errorsOf(CODE)['code']}</p>}
          <Submit>{t('multi_factor_auth.code.send')}</Submit>
        </Form>
      )}
      <div className="boxes">
        <Form visit={visit} name={PROFILE} action={action}>
          <h2>{t('customer.profile.details')}</h2>
          <Username value={customer.email} />
          <PersonFields
            visit={visit}
            form={PROFILE}
            errors={errorsOf(PROFILE)}
            value={value}
            salutationRequired={false}
          />
          <Field
            form={PROFILE}
            name="email"
            type="email"
            label={t('customer.email')}
            autoComplete="email"
            value={value('email')}
            maxLength={100}
            hint={t('customer.profile.email_hint')}
            error={errorsOf(PROFILE)['email']}
          />
          <Field
            form={PROFILE}
            name="password"
            type="password"
            label={t('customer.password.current')}
            autoComplete="current-password"
            required={false}
            hint={t('customer.profile.email_password_hint')}
            error={errorsOf(PROFILE)['current']}
          />
          {code(PROFILE)}
          <Submit>{t('customer.profile.submit')}</Submit>
        </Form>
        <Form visit={visit} name={PASSWORD} action={action}>
          <h2>{t('customer.profile.password')}</h2>
          <Username value={customer.email} />
          <Field
            form={PASSWORD}
            name="password"
            type="password"
            label={t('customer.password.current')}
            autoComplete="current-password"
            error={errorsOf(PASSWORD)['current']}
          />
          <NewPasswordFields
            visit={visit}
            form={PASSWORD}
            errors={errorsOf(PASSWORD)}
            label={t('customer.password.new')}
            names={['new_password.password', 'new_password.confirm']}
          />
          {code(PASSWORD)}
          <Submit>{t('customer.profile.password.submit')}</Submit>
        </Form>
      </div>
    </>
  );
}

async function show(visit: Visit, customer: Customer, errors: FieldErrors = {}, status = 200): Promise<Response> {
  const { t } = visit;
  const waiting = await waitingEmail(visit, customer);
  const guarded = (await activeMfa(visit.app, ownerOf(customer))).length > 0;
  const body = <Profile visit={visit} customer={customer} waiting={waiting} guarded={guarded} errors={errors} />;
  // A code that is not sent has no field that could be marked.
  const notice =
    status === 200 || visit.sent === CODE ? {} : { notice: { kind: 'error', text: t('form.error') } as const };
  return visit.render(t('customer.account.profile_data'), body, { status, ...notice });
}

export const profilePage: Page = {
  path: '/customer/profile',
  forms: [PROFILE, PASSWORD, CODE],
  secured: true,

  async get(visit) {
    const { visitor } = visit;
    return visitor ? show(visit, visitor.customer) : visit.redirect('/login');
  },

  async post(visit) {
    const { visitor, typed, sent } = visit;
    if (!visitor || !typed) return visit.redirect('/login');
    const fail: Fail = (errors, status) => show(visit, visitor.customer, errors, status);
    if (sent === CODE) return sendCode(visit, visitor.customer, fail);
    let proof: MfaProof | undefined;
    try {
      proof = await proveMfaOnce(visit.app, ownerOf(visitor.customer), typed('code'));
    } catch (error) {
      return fail({ code: sentences(visit.t, error) }, statusOf(error));
    }
    if (proof) await visit.renewSession();
    const answer = await (sent === PASSWORD
      ? savePassword(visit, typed, visitor, fail)
      : saveProfile(visit, typed, visitor.customer, fail));
    await (answer.status < 400 ? proof?.spend(visit.app) : proof?.giveBack(visit.app));
    return answer;
  },
};

type Typed = (name: string) => string;
type Fail = (errors: FieldErrors, status: number) => Promise<Response>;

const ownerOf = ({ id }: Customer) => ({ kind: 'customer', id }) as const;

/** Asks for a code of the first active second factor. */
async function sendCode(visit: Visit, customer: Customer, fail: Fail): Promise<Response> {
  const { app, t } = visit;
  const [type] = await activeMfa(app, ownerOf(customer));
  try {
    if (type) await challengeMfa(app, ownerOf(customer), type);
  } catch (error) {
    return fail({ code: sentences(t, error) }, statusOf(error));
  }
  return visit.redirect('/customer/profile', { kind: 'info', message: 'multi_factor_auth.code.sent' });
}

async function saveProfile(visit: Visit, typed: Typed, customer: Customer, fail: Fail): Promise<Response> {
  const { app, t } = visit;
  const { salutation = null, firstName, lastName, errors } = readPerson(visit);
  if (!firstName || !lastName) return fail(errors, 422);
  const email = normalizeEmail(typed('email'));
  const mistake = email === customer.email ? undefined : emailMistake(visit, email);
  if (mistake) return fail({ email: mistake }, 422);
  try {
    if (email !== customer.email) {
      // A session that was left open or stolen must not be enough to take the account away.
      if (!typed('password')) return await fail({ current: t('customer.profile.email_password_missing') }, 422);
      await proveCurrentPassword(app, customer.id, typed('password'));
      await requestEmailChangeSilently(app, customer.id, email);
    }
    await editProfile(app, customer.id, { salutation, firstName, lastName }, customer);
  } catch (error) {
    const text = sentences(t, error);
    return fail(passwordWrong.is(error) ? { current: text } : { email: text }, statusOf(error));
  }
  // The page says that an address waits for confirmation; that is enough.
  const isWaiting = email !== customer.email && (await waitingEmail(visit, customer)) !== undefined;
  return isWaiting
    ? visit.redirect('/customer/profile')
    : visit.redirect('/customer/profile', { kind: 'success', message: 'customer.profile.change.success' });
}

async function savePassword(
  visit: Visit,
  typed: Typed,
  { customer, session }: { customer: Customer; session: { id: string } },
  fail: Fail,
): Promise<Response> {
  const { app, t } = visit;
  const next = typed('new_password.password');
  if (next !== typed('new_password.confirm'))
    return fail({ confirm: t('validator.constraints.password.do_not_match') }, 422);
  try {
    const renewed = await changePassword(app, {
      customerId: customer.id,
      current: typed('password'),
      next,
      session: session.id,
      sessionToken: visit.cookies.get('session'),
    });
    if (renewed) visit.cookies.set('session', renewed.token, renewed.seconds);
  } catch (error) {
    const text = sentences(t, error);
    return fail(passwordWrong.is(error) ? { current: text } : { password: text }, statusOf(error));
  }
  return visit.redirect('/customer/profile', { kind: 'success', message: 'customer.password.change.success' });
}
