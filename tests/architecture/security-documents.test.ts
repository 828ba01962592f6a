import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');

const FILE = /`((?:architecture|contract|e2e|http|unit)\/[\w/-]+)`/g;
const filesIn = (text: string) => [...text.matchAll(FILE)].map(([, file = '']) => file);
const exists = (file: string) => existsSync(join(ROOT, 'tests', `${file}.test.ts`));

describe.each(['security.md', 'security-requirements.md'])('docs/%s', name => {
  it('names tests, all of which exist', () => {
    const files = filesIn(read(name));
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter(file => !exists(file))).toEqual([]);
  });
});

describe('docs/security.md', () => {
  it('names every test with its folder', () => {
    const paragraphs = read('security.md').trimEnd().split('\n\n');
    const lists = paragraphs.filter(paragraph => paragraph.startsWith('Tests: '));
    expect(lists.length).toBeGreaterThan(10);
    const named = lists.flatMap(list => [...list.matchAll(/`([^`]+)`/g)].map(([, file]) => file));
    expect(named).toEqual(filesIn(lists.join('\n')));
  });
});

describe('docs/security-requirements.md', () => {
  const rows = read('security-requirements.md')
    .split('\n')
    .filter(line => line.startsWith('| ') && !/^\| (requirement|---)/.test(line))
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    );

  it('says of each requirement whether it is met, and why where it is not', () => {
    expect(rows.length).toBeGreaterThan(100);
    for (const [requirement, met, how, ...more] of rows) {
      expect(more, requirement).toHaveLength(1);
      expect(['yes', 'no', 'not applicable'], requirement).toContain(met);
      if (met !== 'yes') expect(how, requirement).not.toBe('');
    }
  });

  it('names a test of each requirement that is met', () => {
    const untested = rows.filter(([, met, , tests = '']) => met === 'yes' && !/`|\(pending\)/.test(tests));
    expect(untested).toEqual([]);
  });
});
