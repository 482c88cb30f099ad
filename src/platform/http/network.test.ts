import { expect, test } from 'vitest';
import { clientAddress, networkOf, trustedProxies } from './network.ts';

test.for([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['2001:db8:7::1', '2001:db8:7::/64'],
  ['2001:0DB8:0007:0000:ffff:ffff:ffff:ffff', '2001:db8:7::/64'],
  ['2001:db8:7:1::1', '2001:db8:7:1::/64'],
  ['::1', '::/64'],
  ['unknown', 'unknown'],
] as const)('%s is counted as %s', ([address, network]) => {
  expect(networkOf(address)).toBe(network);
});

test.for([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '::ffff:10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '2001:db8::1', false],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '10.0.0.1', false],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['10.0.0.1', 'unix socket', false],
  ['10.0.0.1', '', false],
] as const)('%s trusts %s: %s', ([entry, address, trusted]) => {
  expect(trustedProxies([entry])(address)).toBe(trusted);
});

const behind = (...proxies: string[]) => trustedProxies(proxies);

test.for([
  ['no proxy is configured', '203.0.113.9', '198.51.100.1', behind(), '203.0.113.9'],
  ['the peer is no proxy of ours', '203.0.113.9', '198.51.100.1', behind('10.0.0.1'), '203.0.113.9'],
  ['the peer is one', '10.0.0.1', '198.51.100.1', behind('10.0.0.1'), '198.51.100.1'],
  ['the peer is one, mapped into IPv6', '::ffff:10.0.0.1', '198.51.100.1', behind('10.0.0.0/8'), '198.51.100.1'],
  [
    'the client wrote an address of its own before',
    '10.0.0.1',
    '1.1.1.1, 198.51.100.1',
    behind('10.0.0.1'),
    '198.51.100.1',
  ],
  [
    'the client wrote a proxy before',
    '10.0.0.1',
    '1.1.1.1, 10.0.0.1, 198.51.100.1',
    behind('10.0.0.1'),
    '198.51.100.1',
  ],
  ['there are two proxies', '10.0.0.1', '1.1.1.1, 198.51.100.1,10.0.0.2', behind('10.0.0.0/8'), '198.51.100.1'],
  ['only proxies are named', '10.0.0.1', '10.0.0.3, 10.0.0.2', behind('10.0.0.0/8'), '10.0.0.3'],
  ['the nearest entry is no address', '10.0.0.1', '198.51.100.1, nonsense', behind('10.0.0.1'), '10.0.0.1'],
  ['the header is empty', '10.0.0.1', '', behind('10.0.0.1'), '10.0.0.1'],
  ['there is no header', '10.0.0.1', undefined, behind('10.0.0.1'), '10.0.0.1'],
  ['the address is written at length', '2001:0DB8:0:0::0001', undefined, behind(), '2001:db8::1'],
  ['the peer has no address', '', '198.51.100.1', behind('10.0.0.1'), 'unknown'],
] as const)('the client, when %s', ([, peer, forwardedFor, isTrusted, client]) => {
  expect(clientAddress(peer, forwardedFor, isTrusted)).toBe(client);
});
