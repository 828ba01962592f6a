import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { contexts } from '../../src/composition/contexts.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { testApplication } from '../support/application.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

const FITTING = 'new PublishPost(work, ids, clock), [tokens.postStorage, tokens.ids, tokens.clock]';

const MISTAKES = {
  'a factory that swaps them':
    'new PublishPost(work, clock, ids), [tokens.postStorage, tokens.ids, tokens.clock]',
  'tokens in the wrong order':
    'new PublishPost(work, ids, clock), [tokens.postStorage, tokens.clock, tokens.ids]',
  'a missing token': 'new PublishPost(work, ids, clock), [tokens.postStorage, tokens.ids]',
};

/** The bindings, each in a file of its own, of which tsc says something. */
async function refusedOf(bindings: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-types-'));
  const source = (binding: string) => [
    `import { bind } from '${root}/src/composition/token.ts';`,
    `import { tokens } from '${root}/src/composition/tokens.ts';`,
    `import { PublishPost } from '${root}/src/modules/posts/application/publish-post.ts';`,
    'declare const options: Parameters<typeof bind>[0];',
    `declare const target: import('${root}/src/composition/token.ts').Token<PublishPost>;`,
    `bind(options, target, ({ work }, ids, clock) => ${binding});`,
  ];
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const include = bindings.map((_, number) => `binding-${number}.mts`);
  for (const [number, binding] of bindings.entries())
    await writeFile(join(folder, include[number] as string), source(binding).join('\n'));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include, compilerOptions: { types: [] } }),
  );
  const tsc = join(root, 'node_modules/.bin/tsc');
  const output = await run(tsc, ['--project', folder]).then(
    () => '',
    ({ stdout }) => String(stdout),
  );
  await rm(folder, { recursive: true, force: true });
  return bindings.filter((_, number) => new RegExp(`binding-${number}\\.mts.*error TS`).test(output));
}

describe('the container', () => {
  it('gives every context its endpoints', async () => {
    const application = await testApplication();
    for (const { api } of contexts) expect(application.get(api).endpoints.length).toBeGreaterThan(0);
    await application.close();
  });

  it('gives what a test puts in place of a token', async () => {
    const clock = { now: () => new Date('2030-01-01T00:00:00Z') };
    const application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    expect(application.get(tokens.clock)).toBe(clock);
    await application.close();
  });

  describe('is bound with dependencies of which tsc', () => {
    let refused: readonly string[];
    beforeAll(async () => {
      refused = await refusedOf([FITTING, ...Object.values(MISTAKES)]);
    });

    it('takes those that fit', () => {
      expect(refused).not.toContain(FITTING);
    });

    it.each(Object.entries(MISTAKES))('refuses %s', (_, mistake) => {
      expect(refused).toContain(mistake);
    });
  });
});
