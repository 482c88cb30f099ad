import { createTransport } from 'nodemailer';
import type { Config } from '../../../platform/config.ts';
import { badInProduction, type Finding, messageOf } from './finding.ts';

const limits = { connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 5000 };

/** Connects to the mail server, encrypts and signs in; sends an email only where an address is given. */
export async function checkMail(config: Config, sendTo: string | undefined): Promise<Finding> {
  const check = 'mail server';
  const { SMTP_URL: url, MAIL_FROM: from } = config;
  if (!url) return { check, state: badInProduction(config), text: 'none; emails stay in /dev/mailbox: set SMTP_URL' };
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
  const encrypted = await attempt({ url, ...limits, requireTLS: true });
  const plain = encrypted === undefined ? undefined : await attempt({ url, ...limits });
  if (encrypted !== undefined && plain !== undefined)
    return { check, state: 'bad', text: `cannot be used: ${plain}. Is SMTP_URL right?` };
  if (sendTo !== undefined) {
    const transport = createTransport({ url, ...limits });
    try {
      await transport.sendMail({
        from,
        to: { name: '', address: sendTo },
        subject: 'Clientele',
        text: 'Emails arrive.',
      });
    } catch (error) {
      return { check, state: 'bad', text: `did not take an email to ${sendTo}: ${messageOf(error)}` };
    } finally {
      transport.close();
    }
  }
  const sent =
    sendTo === undefined ? '; nothing was sent (--send-to=ADDRESS does)' : `; an email to ${sendTo} was taken`;
  if (encrypted === undefined) return { check, state: 'ok', text: `connects, encrypts and lets us in${sent}` };
  return isLocal
    ? { check, state: 'ok', text: `connects without encryption, on this machine${sent}` }
    : { check, state: badInProduction(config), text: `connects only without encryption: ${encrypted}${sent}` };
}

/** Why a connection failed; undefined if it did not. */
async function attempt(options: { url: string; requireTLS?: boolean }): Promise<string | undefined> {
  const transport = createTransport(options);
  try {
    await transport.verify();
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    transport.close();
  }
}
