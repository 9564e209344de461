import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { processConfig, readConfig, serviceConfig } from './config.js';

const secret = (): string => randomBytes(32).toString('base64url');
const right = {
  PUBLIC_URL: 'https://finharbor.example', SERVICE_KEY: secret(), DATABASE_URL: 'postgres://app@db/finharbor', REDIS_URL: 'rediss://cache:6380',
  FIELD_KEYS: `k2:${secret()},k1:${secret()}`, AUDIT_KEY: `a1:${secret()}`, AUDIT_DIR: '/var/lib/finharbor/audit',
};

describe('configuration', () => {
  it('fills in what has a sensible value', () => {
    expect(readConfig(serviceConfig, right)).toEqual({
      ...right, PORT: 0, HOST: '127.0.0.1', SHUTDOWN_LINGER_MS: 0, LOG_LEVEL: 'info', QUEUE_PREFIX: '{finharbor}',
      AUDIT_PUBLIC_KEYS: '', AUDIT_SEAL_SECONDS: 10, AUDIT_RETENTION_MONTHS: 36, FIELD_SUITE: 'AES', SANDBOX: false,
    });
  });

  it('reports every problem at once, by name', () => {
    expect(() => readConfig(serviceConfig, {})).toThrow(/SERVICE_KEY[^]*DATABASE_URL[^]*REDIS_URL[^]*FIELD_KEYS/);
    expect(() => readConfig(serviceConfig, {})).toThrow('PUBLIC_URL');
  });

  it.each([
    ['PORT', '70000'], ['PORT', '-1'], ['PORT', 'http'], ['PORT', '1.5'], ['SHUTDOWN_LINGER_MS', '-1'], ['SHUTDOWN_LINGER_MS', '5s'], ['PUBLIC_URL', 'finharbor'], ['LOG_LEVEL', 'loud'],
    ['SERVICE_KEY', 'c2hvcnQ'], ['SERVICE_KEY', `${secret()},`], ['SERVICE_KEY', `${secret()},c2hvcnQ`], ['DATABASE_URL', 'mysql://db'], ['REDIS_URL', 'http://cache'], ['QUEUE_PREFIX', ''],
    ['FIELD_KEYS', ''], ['FIELD_KEYS', 'k1'], ['FIELD_KEYS', 'k1:c2hvcnQ'], ['FIELD_KEYS', `k.1:${secret()}`], ['FIELD_KEYS', `k1:${secret()},k1:${secret()}`],
    ['AUDIT_KEY', ''], ['AUDIT_KEY', secret()], ['AUDIT_KEY', `a1:${secret()},a2:${secret()}`], ['AUDIT_PUBLIC_KEYS', secret()], ['AUDIT_DIR', ''],
    ['AUDIT_SEAL_SECONDS', '0'], ['AUDIT_RETENTION_MONTHS', '5'], ['AUDIT_RETENTION_MONTHS', '0'], ['AUDIT_RETENTION_MONTHS', '6.5'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readConfig(serviceConfig, { ...right, [name]: value })).toThrow(new RegExp(`^The configuration has problems:\n  ${name}: .+$`));
  });

  it('does not repeat a secret in its complaint', () => {
    expect(() => readConfig(serviceConfig, { ...right, SERVICE_KEY: 'hunter2', FIELD_KEYS: 'k1:hunter2', DATABASE_URL: 'x:hunter2' })).toThrow(/^(?![^]*hunter2)/);
  });

  it('is extended by an app with settings of its own', () => {
    const own = processConfig.extend({ LIMIT: z.coerce.number().default(7) });
    expect(readConfig(own, right).LIMIT).toBe(7);
    expect(() => readConfig(own, { ...right, LIMIT: 'many' })).toThrow('LIMIT');
  });
});
