import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import { Settings, StartError } from '../../src/platform/configuration/settings.ts';

const SHIPPED = parse(readFileSync(new URL('../../config/atrium.yaml', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;

const snakeCase = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

describe('the settings', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atrium-settings-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function fileOf(content: string): Promise<string> {
    const file = join(directory, `${crypto.randomUUID()}.yaml`);
    await writeFile(file, content);
    return file;
  }

  function refusal(environment: Record<string, string>): string {
    try {
      loadSettings(environment);
    } catch (error) {
      expect(error).toBeInstanceOf(StartError);
      return (error as Error).message;
    }
    throw new Error('The settings were taken.');
  }

  it.each([
    ['PUBLIC_URL', 'http://:x', 'PUBLIC_URL is "http://:x", which is not an address.'],
    ['CORS_ORIGINS', 'https://a.example,https://[', 'CORS_ORIGINS has "https://[", which is not an address.'],
    ['REDIS_URL', 'redis://[', 'REDIS_URL is (not shown), which is not an address.'],
  ])('refuses %s=%s, because it is no address', (name, value, message) => {
    expect(() => loadSettings({ [name]: value })).toThrow(new StartError(message));
  });

  it('refuses to run without limits in production', () => {
    const environment = { RATE_LIMIT: 'off', NODE_ENV: 'production' };
    expect(() => loadSettings(environment)).toThrow(
      new StartError('RATE_LIMIT is "off", which is refused where NODE_ENV is "production".'),
    );
    expect(loadSettings({ RATE_LIMIT: 'off' }).rateLimit).toBe('off');
  });

  it('are all in config/atrium.yaml, and nothing else is', () => {
    expect(Object.keys(SHIPPED).toSorted()).toEqual(
      Object.keys(Settings.properties).map(snakeCase).toSorted(),
    );
  });

  it('are as config/atrium.yaml says where nothing else is set', () => {
    const settings = loadSettings({}) as unknown as Record<string, unknown>;
    for (const name of Object.keys(Settings.properties))
      expect(settings[name], name).toEqual(SHIPPED[snakeCase(name)]);
  });

  it('come from the environment first, then from CONFIG_FILE, then from the shipped file', async () => {
    const CONFIG_FILE = await fileOf('port: 1111\nhost: 192.0.2.1\n');
    expect(loadSettings({ CONFIG_FILE, PORT: '2222' })).toMatchObject({
      port: 2222,
      host: '192.0.2.1',
      registration: SHIPPED.registration,
    });
  });

  it('do not care for variables that are no settings', () => {
    expect(loadSettings({ PATH: '/bin', port: '1', Port: '2', UNKNOWN: 'x' })).toEqual(loadSettings({}));
  });

  it.each(['', '# nothing but a comment\n', 'null\n'])('may come from the empty file %j', async content => {
    expect(loadSettings({ CONFIG_FILE: await fileOf(content) })).toEqual(loadSettings({}));
  });

  it('name a key of CONFIG_FILE that is no setting', async () => {
    const CONFIG_FILE = await fileOf('prot: 8000\n');
    const message = refusal({ CONFIG_FILE });
    expect(message).toContain('"prot"');
    expect(message).toContain(CONFIG_FILE);
  });

  it.each([
    ['camelCase keys', 'publicUrl: https://atrium.example.org\n', 'publicUrl'],
    ['environment names', 'PORT: 8000\n', 'PORT'],
    ['a list', '- port\n', 'CONFIG_FILE'],
    ['a text', 'port\n', 'CONFIG_FILE'],
    ['a number', '42\n', 'CONFIG_FILE'],
    ['no YAML', 'port: [1\n', 'CONFIG_FILE'],
    ['a key twice', 'port: 1\nport: 2\n', 'CONFIG_FILE'],
    ['a tab', 'port:\n\t- 1\n', 'CONFIG_FILE'],
  ])('refuse a file with %s, in one line that names it', async (_, content, named) => {
    const CONFIG_FILE = await fileOf(content);
    const message = refusal({ CONFIG_FILE });
    expect(message).toContain(named === 'CONFIG_FILE' ? CONFIG_FILE : named);
    expect(message).not.toContain('\n');
  });

  it('refuse a file that is not there', () => {
    expect(refusal({ CONFIG_FILE: '/nowhere/atrium.yaml' })).toContain('/nowhere/atrium.yaml');
  });

  it('never show what a file that cannot be parsed holds', async () => {
    const CONFIG_FILE = await fileOf('secret_key: hunter2-hunter2-hunter2-hunter2-hunter2\nport: [1\n');
    expect(refusal({ CONFIG_FILE })).not.toContain('hunter2');
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', ''],
    ['PORT', '0x50'],
    ['PORT', ' 80'],
    ['PORT', 'http'],
    ['MANAGEMENT_PORT', 'many'],
    ['HOST', ''],
    ['PUBLIC_URL', 'atrium.example.org'],
    ['PUBLIC_URL', 'https://atrium.example.org/'],
    ['PUBLIC_URL', 'https://atrium.example.org?a=b'],
    ['PUBLIC_URL', 'https://atrium.example.org#a'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['TRUSTED_PROXIES', '11'],
    ['DATA_DIR', ''],
    ['DATABASE_URL', 'mysql://host/name'],
    ['DATABASE_URL', ''],
    ['DATABASE_POOL_SIZE', '0'],
    ['DATABASE_TIMEOUT', '0'],
    ['SQLITE_SYNCHRONOUS', 'off'],
    ['REDIS_URL', 'localhost:6379'],
    ['RATE_LIMIT_EXEMPT', 'livez'],
    ['RATE_LIMIT_EXEMPT', '/posts, /todos'],
    ['RATE_LIMIT_KEYS', '0'],
    ['ACCESS_TOKENS', 'jwt'],
    ['REGISTRATION', 'maybe'],
    ['PASSWORD_MIN_LENGTH', '65'],
    ['PASSWORD_HASH_MEMORY', '7'],
    ['ACCESS_TOKEN_TTL', '0'],
    ['SESSION_TTL', '1e9'],
    ['BODY_LIMIT', '10'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['VALIDATE_RESPONSES', 'true'],
    ['REGISTRATION', 'open\nclosed'],
    ['TASK_INSIGHT_SOURCES', ''],
    ['TASK_INSIGHT_SOURCES', 'https://example.org'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "a"'],
    ['TASK_INSIGHT_SOURCES', '{}'],
    ['TASK_INSIGHT_SOURCES', '["https://example.org"]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "a"}]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "A B", "url": "https://example.org"}]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "a", "url": "https://example.org", "a\\nb": 1}]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "a", "url": "https://example.org", "timeout_ms": 0}]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "a", "url": "https://example.org", "headers": {"a\\nb": 1}}]'],
  ])('refuse %s=%j in one line that names it', (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain('\n');
  });

  it('say which entry of a list is wrong, and what in it', () => {
    const entry = { name: 'weather', url: 'https://example.org' };
    const TASK_INSIGHT_SOURCES = JSON.stringify([entry, { ...entry, timeout_ms: '2000' }]);
    expect(refusal({ TASK_INSIGHT_SOURCES })).toBe(
      'TASK_INSIGHT_SOURCES is not valid in entry 2: "timeout_ms" must be integer.',
    );
    const unknown = JSON.stringify([{ ...entry, timeout: 2000 }]);
    expect(refusal({ TASK_INSIGHT_SOURCES: unknown })).toBe(
      'TASK_INSIGHT_SOURCES is not valid in entry 1: "timeout" is not known.',
    );
  });

  it('may be a list, in a file and as JSON in the environment', async () => {
    const list = [
      { name: 'weather', url: 'https://example.org/{id}', headers: { 'X-Key': 'a' }, timeout_ms: 9 },
    ];
    const TASK_INSIGHT_SOURCES = JSON.stringify(list);
    const CONFIG_FILE = await fileOf(`task_insight_sources: ${TASK_INSIGHT_SOURCES}\n`);
    expect(loadSettings({ CONFIG_FILE }).taskInsightSources).toEqual(list);
    expect(loadSettings({ TASK_INSIGHT_SOURCES }).taskInsightSources).toEqual(list);
    const none = loadSettings({ CONFIG_FILE, TASK_INSIGHT_SOURCES: '[]' });
    expect(none.taskInsightSources).toEqual([]);
  });

  it.each(Object.keys(Settings.properties))(
    'refuse a %s of the wrong type, naming it in one line',
    async name => {
      const CONFIG_FILE = await fileOf(`${snakeCase(name)}: {a: [1, 2]}\n`);
      const message = refusal({ CONFIG_FILE });
      expect(message).toContain(snakeCase(name).toUpperCase());
      expect(message).not.toContain('\n');
    },
  );

  it.each([
    ['SECRET_KEY', 'hunter2'],
    ['DATABASE_URL', 'mysql://atrium:hunter2@db.example.org/atrium'],
    ['DATABASE_URL', 'postgress://atrium:hunter2@db.example.org/atrium'],
    ['DATABASE_URL', 'atrium:hunter2@db.example.org'],
    ['REDIS_URL', 'valkey://:hunter2@redis.example.org'],
    ['REDIS_URL', 'redis://:hunter2@redis.example.org:99999'],
    ['REDIS_URL', 'redis://:hunter2%zz@redis.example.org'],
    ['TASK_INSIGHT_SOURCES', 'hunter2'],
    ['TASK_INSIGHT_SOURCES', '["hunter2"]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "hunter2 hunter2", "url": "hunter2", "headers": "hunter2"}]'],
    ['TASK_INSIGHT_SOURCES', '[{"name": "a", "url": "a", "headers": {"x-key": ["hunter2"]}}]'],
  ])('never show the secret in an invalid %s', (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain('hunter2');
  });
});
