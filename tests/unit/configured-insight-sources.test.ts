import { describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { Task } from '../../src/modules/tasks/domain/task.ts';
import type { InsightSourceSettings } from '../../src/platform/configuration/insight-source-settings.ts';
import { StartError } from '../../src/platform/configuration/settings.ts';
import { testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { closed, foreignServerOfTest, hanging } from '../support/foreign-server.ts';
import { BIRTH } from '../support/people.ts';

const WEATHER = { name: 'weather', url: 'https://example.org/{id}' };

const newTask = () => {
  const content = { title: 'Water the plants', description: null, dueDate: null, completed: false };
  return new Task(UNKNOWN_ID, UNKNOWN_ID, { ...content, assigneeId: null, teamId: null }, BIRTH);
};

async function sourcesOf(...taskInsightSources: InsightSourceSettings[]): Promise<readonly string[]> {
  const application = await testApplication('memory', { taskInsightSources });
  try {
    return application.get(tokens.taskInsightSources).map(({ name }) => name);
  } finally {
    await application.close();
  }
}

describe('the sources that are configured', () => {
  it('are those that are listed, in their order', async () => {
    expect(await sourcesOf(WEATHER, { ...WEATHER, name: 'a' }, { ...WEATHER, name: 'b' })).toEqual([
      'weather',
      'a',
      'b',
    ]);
  });

  it('may say everything that a task has', async () => {
    const names = [
      'id',
      'title',
      'description',
      'completed',
      'due_date',
      'author_id',
      'assignee_id',
      'team_id',
    ];
    const url = `https://example.org/?${[...names, 'created_at', 'updated_at'].map(name => `{${name}}`).join('&')}`;
    expect(await sourcesOf({ ...WEATHER, url })).toEqual(['weather']);
  });

  it('are given up when the application closes', async () => {
    const foreign = await foreignServerOfTest(hanging);
    const source = {
      name: 'weather',
      url: `${foreign.origin}/{id}`,
      timeout_ms: 60_000,
      allow_private: true,
    };
    const application = await testApplication('memory', { taskInsightSources: [source] });
    const [weather] = application.get(tokens.taskInsightSources);
    const call = { signal: new AbortController().signal, traceparent: '' };
    const answer = weather?.ask(newTask(), call);
    const asked = await foreign.asked(1);
    await application.close();
    expect(await answer).toEqual({ failure: 'unreachable' });
    await closed(asked);
  });

  it.each<[string, InsightSourceSettings[], RegExp]>([
    ['the same name twice', [WEATHER, { ...WEATHER, name: 'a' }, WEATHER], /two sources called "weather"/],
    ['a placeholder in the host', [{ ...WEATHER, url: 'https://{id}.hunter2.org/' }], /"weather" must begin/],
    [
      'an unknown placeholder',
      [{ ...WEATHER, url: 'https://hunter2.org/{tile}' }],
      /"weather" has .*\{tile\}/,
    ],
    ['a password', [{ ...WEATHER, url: 'https://a:hunter2@example.org/' }], /"weather" must begin/],
    ['another scheme', [{ ...WEATHER, url: 'file:///hunter2' }], /"weather" must begin/],
    ['a header that HTTP sets', [{ ...WEATHER, headers: { HOST: 'hunter2' } }], /"weather" has a header/],
    ['a header that is none', [{ ...WEATHER, headers: { 'a b': 'hunter2' } }], /"weather" has a header/],
    ['two headers in one', [{ ...WEATHER, headers: { a: 'hunter2\r\nb: c' } }], /"weather" has a header/],
  ])('are refused at the start with %s, in one line without a secret', async (_, list, message) => {
    const refused = await sourcesOf(...list).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartError);
    const line = (refused as Error).message;
    expect(line).toMatch(/^TASK_INSIGHT_SOURCES .+\.$/);
    expect(line).toMatch(message);
    expect(line).not.toContain('hunter2');
  });
});
