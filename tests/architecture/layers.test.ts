import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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
  [
    'browser-knows-types-only',
    'src/web/chat/pauses.ts',
    "import { CLOSE } from '../../platform/ws/protocol.ts';",
  ],
  ['browser-knows-types-only', 'src/web/chat/frames.ts', "import { Type } from 'typebox';"],
  ['browser-knows-types-only', 'src/web/chat/chat-link.ts', "import { once } from 'node:events';"],
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

  async function checkWith(planted: readonly (readonly [rule: string, file: string, line: string])[]) {
    const files = new Map<string, string>();
    for (const [, file, line] of planted) {
      const text = await readFile(join(copy, file), 'utf8');
      if (!files.has(file)) files.set(file, text);
      await writeFile(join(copy, file), `${line}\n${text}`);
    }
    const checked = await checkLayers();
    for (const [file, text] of files) await writeFile(join(copy, file), text);
    return checked;
  }

  it('no-circles: refuses files that import each other', async () => {
    const file = 'src/kernel/errors.ts';
    const { ok, output } = await checkWith([
      ['no-circles', file, "import { boundedText } from './text.ts';"],
    ]);
    expect(output).toContain(`error no-circles: ${file}`);
    expect(ok).toBe(false);
  });

  describe('with all other violations planted at once', () => {
    let checked: Awaited<ReturnType<typeof checkLayers>>;
    beforeAll(async () => {
      checked = await checkWith(VIOLATIONS);
    });

    it.each(VIOLATIONS)('%s: refuses %s with %s', (rule, file, line) => {
      expect(checked.ok).toBe(false);
      const [, imported = ''] = /from '(.*)'/.exec(line) ?? [];
      const target = imported.startsWith('.')
        ? join(dirname(file), imported)
        : imported.replace(/^node:/, '');
      const refusals = checked.output.split('\n').filter(text => text.includes(`error ${rule}: ${file} `));
      expect(refusals.filter(text => text.includes(target))).not.toEqual([]);
    });
  });
});
