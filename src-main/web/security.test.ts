import { describe, expect, test } from 'vitest';
import { credentialOf, parseTarget, refuseForeignHost, refuseForeignOrigin } from './security.ts';

describe('request targets', () => {
  test.each([
    ['/', '/', ''],
    ['/api/images?search=%2e%2e%2f', '/api/images', 'search=%2e%2e%2f'],
    ['/assets/a%20b%C3%A9.js', '/assets/a bé.js', ''],
  ])('%s is read as path and query', (target, path, query) => {
    expect(parseTarget(target)).toEqual({ path, query });
  });

  test.each([
    '/../etc/passwd',
    '/assets/../../etc/passwd',
    '/%2e%2e/etc/passwd',
    '/..%2fetc/passwd',
    '/..%5cetc/passwd',
    '/a/%2E%2e/b',
    '/a\\..\\b',
    '/%5c%5cserver/share',
    '/%252e%252e/etc/passwd',
    '/%00',
    '/a%0ab',
    '/%c0%ae%c0%ae/etc/passwd',
    '/%zz',
    '/%',
    '//evil.example/x',
    'http://evil.example/',
    '*',
    '',
    `/${'a'.repeat(9000)}`,
  ])('%s is refused', (target) => {
    expect(parseTarget(target)).toBeNull();
  });
});

describe('who may talk to the server', () => {
  const port = 4321;
  const token = 'secret-token';

  test('only its own names are accepted as Host', () => {
    expect(refuseForeignHost({ host: '127.0.0.1:4321' }, port)).toBeNull();
    expect(refuseForeignHost({ host: 'LOCALHOST:4321' }, port)).toBeNull();
    for (const host of [
      'evil.example',
      '127.0.0.1',
      '127.0.0.1:80',
      'localhost.evil.example:4321',
      '[::1]:4321',
      '',
    ])
      expect(refuseForeignHost({ host }, port)?.status).toBe(403);
    expect(refuseForeignHost({}, port)?.status).toBe(403);
  });

  test('the token comes as cookie of this port or as bearer', () => {
    expect(credentialOf({ cookie: `other=1; clearlabel_${port}=${token}` }, port, token)).toBe('cookie');
    expect(credentialOf({ authorization: `Bearer ${token}` }, port, token)).toBe('bearer');
    expect(credentialOf({ cookie: `clearlabel_80=${token}` }, port, token)).toBeNull();
    expect(credentialOf({ authorization: 'Bearer wrong' }, port, token)).toBeNull();
    expect(credentialOf({}, port, token)).toBeNull();
  });

  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  test.each([
    ['a write from its own page', 'POST', { host, origin, 'sec-fetch-site': 'same-origin' }, true],
    ['a write from another site', 'POST', { host, origin: 'http://evil.example' }, false],
    ['a write from another port of this machine', 'POST', { host, 'sec-fetch-site': 'same-site' }, false],
    ['a write from a sandboxed frame', 'POST', { host, origin: 'null' }, false],
    ['a write that does not say where it comes from', 'DELETE', { host }, false],
    ['a picture that another port embeds', 'GET', { host, 'sec-fetch-site': 'same-site' }, false],
    ['opening the address', 'GET', { host, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, true],
    ['an ordinary read', 'GET', { host }, true],
  ])('%s', (_case, method, headers, isAccepted) => {
    expect(refuseForeignOrigin(method, headers, 'cookie') === null).toBe(isAccepted);
  });

  test('a script with the token in its header needs no Origin', () => {
    expect(refuseForeignOrigin('POST', { host }, 'bearer')).toBeNull();
    expect(refuseForeignOrigin('POST', { host, origin: 'http://evil.example' }, 'bearer')?.status).toBe(403);
  });
});
