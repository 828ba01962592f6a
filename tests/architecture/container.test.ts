import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { contexts } from '../../src/composition/contexts.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { testApplication } from '../support/application.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** What tsc says of a file that binds with these dependencies. */
async function typeErrorsOf(binding: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-types-'));
  const source = [
    `import { bind } from '${root}/src/composition/token.ts';`,
    `import { tokens } from '${root}/src/composition/tokens.ts';`,
    `import { PublishPost } from '${root}/src/modules/posts/application/publish-post.ts';`,
    'declare const options: Parameters<typeof bind>[0];',
    `declare const target: import('${root}/src/composition/token.ts').Token<PublishPost>;`,
    binding,
  ];
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'binding.mts'), source.join('\n'));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      include: ['binding.mts'],
      compilerOptions: { types: [] },
    }),
  );
  const tsc = join(root, 'node_modules/.bin/tsc');
  const output = await run(tsc, ['--project', folder]).then(
    () => '',
    ({ stdout }) => String(stdout),
  );
  await rm(folder, { recursive: true, force: true });
  return output
    .split('\n')
    .filter(line => line.includes('binding.mts'))
    .join('\n');
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

  it('compiles a binding whose dependencies fit', async () => {
    const binding =
      'bind(options, target, ({ work }, ids, clock) => new PublishPost(work, ids, clock), [tokens.postStorage, tokens.ids, tokens.clock]);';
    expect(await typeErrorsOf(binding)).toBe('');
  });

  it.each([
    [
      'a factory that swaps them',
      'new PublishPost(work, clock, ids), [tokens.postStorage, tokens.ids, tokens.clock]',
    ],
    [
      'tokens in the wrong order',
      'new PublishPost(work, ids, clock), [tokens.postStorage, tokens.clock, tokens.ids]',
    ],
    ['a missing token', 'new PublishPost(work, ids, clock), [tokens.postStorage, tokens.ids]'],
  ])('does not compile %s', async (_, rest) => {
    expect(await typeErrorsOf(`bind(options, target, ({ work }, ids, clock) => ${rest});`)).toMatch(
      /error TS/,
    );
  });
});
