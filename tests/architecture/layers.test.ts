import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** Rule → a file, and the import in it that the rule forbids. */
const VIOLATIONS = [
  ['core-is-pure', 'src/modules/posts/domain/post.ts', "import type { Context } from 'koa';"],
  ['core-is-pure', 'src/modules/todos/application/add-todo.ts', "import Type from 'typebox';"],
  ['core-is-pure', 'src/kernel/clock.ts', "import { hrtime } from 'node:process';"],
  ['core-is-pure', 'src/modules/identity/domain/user.ts', "import { EntitySchema } from '@mikro-orm/core';"],
  ['kernel-knows-nobody', 'src/kernel/ids.ts', "import type { PostId } from '../modules/posts/index.ts';"],
  [
    'domain-knows-itself-and-the-kernel',
    'src/modules/posts/domain/errors.ts',
    "import { POST_LIST } from '../application/ports.ts';",
  ],
  [
    'domain-knows-itself-and-the-kernel',
    'src/modules/posts/domain/errors.ts',
    "import { Todo } from '../../todos/domain/todo.ts';",
  ],
  [
    'application-knows-domain-and-kernel',
    'src/modules/posts/application/read-post.ts',
    "import { inMemoryPosts } from '../adapters/memory/in-memory-posts.ts';",
  ],
  [
    'adapters-know-their-own-context',
    'src/modules/posts/adapters/memory/in-memory-posts.ts',
    "import { scopesOf } from '../../../identity/domain/role.ts';",
  ],
  [
    'platform-knows-no-context',
    'src/platform/http/problem.ts',
    "import { PostNotFound } from '../../modules/posts/domain/errors.ts';",
  ],
  [
    'only-composition-knows-the-container',
    'src/platform/storage.ts',
    "import { Container } from 'inversify';",
  ],
  [
    'modules-do-not-know-composition',
    'src/modules/posts/adapters/http/post-endpoints.ts',
    "import { tokens } from '../../../../composition/tokens.ts';",
  ],
  ['no-circles', 'src/kernel/errors.ts', "import { boundedText } from './text.ts';"],
] as const;

describe('npm run check:layers', () => {
  let copy: string;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'atrium-layers-'));
    for (const name of ['src', 'package.json', 'dependency-cruiser.js'])
      await cp(join(root, name), join(copy, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rm(copy, { recursive: true, force: true }));

  async function checkLayers(): Promise<{ ok: boolean; output: string }> {
    const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const options = { cwd: copy };
    return run(process.execPath, [program, '--config', 'dependency-cruiser.js', 'src'], options).then(
      ({ stdout }) => ({ ok: true, output: stdout }),
      ({ stdout }) => ({ ok: false, output: stdout }),
    );
  }

  it('finds nothing wrong with the code as it is', async () => {
    const { ok, output } = await checkLayers();
    expect(output).toMatch(/no dependency violations found \(\d{3,} modules/);
    expect(ok).toBe(true);
  });

  it.each(VIOLATIONS)('%s: refuses %s with %s', async (rule, file, line) => {
    const path = join(copy, file);
    const original = await readFile(path, 'utf8');
    await writeFile(path, `${line}\n${original}`);
    const { ok, output } = await checkLayers();
    await writeFile(path, original);
    expect(output).toContain(`error ${rule}: ${file}`);
    expect(ok).toBe(false);
  });
});
