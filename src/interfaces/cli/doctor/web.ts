import { connect } from 'node:tls';
import { z } from 'zod';
import type { Config } from '../../../platform/config.ts';
import { proofOfSecret } from '../../../platform/crypto/secrets.ts';
import { networkOf } from '../../../platform/http/network.ts';
import { badInProduction, type Finding, messageOf } from './finding.ts';

/** Milliseconds an answer may take. */
const PATIENCE_MS = 5000;
/** Days before its end at which a certificate should have been renewed. */
const RENEWAL_DAYS = 14;

const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });

/** Whether PUBLIC_URL leads here, encrypted; with what the proxies before it tell about clients. */
export async function checkWeb(config: Config, doctorKey: Buffer | undefined, now: Date): Promise<Finding[]> {
  const url = new URL(config.PUBLIC_URL);
  const findings: Finding[] = [];
  if (!config.PUBLIC_URL_IS_SET)
    findings.push({
      check: 'https',
      state: badInProduction(config),
      text: `PUBLIC_URL is not set; links lead to ${url.origin}`,
    });
  else if (url.protocol !== 'https:')
    findings.push({ check: 'https', state: badInProduction(config), text: `${url.origin} is not encrypted` });
  else findings.push(await checkCertificate(url, now));

  try {
    const live = await get(`${config.PUBLIC_URL}/health/live`);
    findings.push(
      live.status === 200
        ? { check: 'reachable', state: 'ok', text: `${url.origin} answers` }
        : {
            check: 'reachable',
            state: 'bad',
            text: `${config.PUBLIC_URL}/health/live answers ${live.status}, not 200`,
          },
    );
    if (url.protocol === 'https:' && !live.headers.has('strict-transport-security'))
      findings.push({ check: 'hsts', state: 'hint', text: 'a proxy removes Strict-Transport-Security; let it pass' });
    if (doctorKey) findings.push(await checkProxies(config, doctorKey, now));
  } catch (error) {
    findings.push({ check: 'reachable', state: 'bad', text: `${url.origin} cannot be reached: ${messageOf(error)}` });
  }
  return findings;
}

function checkCertificate(url: URL, now: Date): Promise<Finding> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(url.port || 443), servername: host, timeout: PATIENCE_MS }, () => {
      const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - now.getTime()) / 86_400_000);
      socket.end();
      resolve({
        check: 'https',
        state: days < RENEWAL_DAYS ? 'hint' : 'ok',
        text: `the certificate is valid for ${days} days${days < RENEWAL_DAYS ? '; renew it' : ''}`,
      });
    });
    const fail = (reason: string) => {
      socket.destroy();
      resolve({ check: 'https', state: 'bad', text: `no trusted connection to ${url.host}: ${reason}` });
    };
    socket.on('timeout', () => fail('no answer'));
    socket.on('error', (error) => fail(messageOf(error)));
  });
}

/** An address that is nobody's (RFC 5737): a client that invents one. */
const INVENTED = '203.0.113.7';

const Connection = z.object({ peer: z.string(), forwardedFor: z.string().nullable(), network: z.string() });

/** Asks the server how it saw our request, and compares that with what we sent. */
async function checkProxies(config: Config, key: Buffer, now: Date): Promise<Finding> {
  const answer = await get(`${config.PUBLIC_URL}/health/connection`, {
    'X-Forwarded-For': INVENTED,
    Authorization: `Doctor ${proofOfSecret(key, now)}`,
  });
  const finding = (state: Finding['state'], text: string): Finding => ({ check: 'proxies', state, text });
  const seen = Connection.safeParse(await answer.json().catch(() => undefined)).data;
  if (!seen)
    return finding(
      'hint',
      'the server does not know us: it has another SECRET, a clock that differs, or an older version',
    );
  const { peer, forwardedFor, network } = seen;
  const hasProxy = config.PUBLIC_URL.startsWith('https:') || forwardedFor !== INVENTED;
  if (!hasProxy)
    return network === INVENTED
      ? finding('hint', `no proxy answers, yet ${peer} is trusted: whoever comes from there may choose an address`)
      : finding('ok', 'no proxy; clients are counted by their own address');
  if (forwardedFor === INVENTED && network === INVENTED)
    return finding(
      'bad',
      `the proxy at ${peer} passes on the X-Forwarded-For that clients send; it must set or append it`,
    );
  if (forwardedFor === null || forwardedFor === INVENTED)
    return finding('bad', `the proxy at ${peer} sends no X-Forwarded-For, so everybody shares one network’s limits`);
  if (network === INVENTED)
    return finding('hint', 'this machine is within TRUSTED_PROXIES, so it cannot tell; run doctor from outside');
  if (network === networkOf(peer))
    return finding(
      'bad',
      `the proxy at ${peer} is not trusted, so everybody shares one network’s limits: TRUSTED_PROXIES=${peer}`,
    );
  return finding('ok', `behind the proxy at ${peer}, clients are counted by their own address`);
}
