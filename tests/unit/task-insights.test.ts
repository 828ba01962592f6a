import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope } from '../../src/kernel/errors.ts';
import { CreateTask } from '../../src/modules/tasks/application/create-task.ts';
import type { InsightAnswer, InsightCall, InsightSource } from '../../src/modules/tasks/application/ports.ts';
import { ReadTaskInsights } from '../../src/modules/tasks/application/read-task-insights.ts';
import { TaskNotFound } from '../../src/modules/tasks/domain/errors.ts';
import { testApplication } from '../support/application.ts';
import { principal, storedUser, without } from '../support/people.ts';

const CONTENT = {
  title: 'Water the plants',
  description: null,
  dueDate: null,
  completed: false,
  assigneeId: null,
  teamId: null,
};

const CALL: InsightCall = { signal: new AbortController().signal, traceparent: '00-1-2-00' };

/** A source in memory, which says what a test lets it say, when it lets it. */
class ToldSource implements InsightSource {
  readonly name: string;
  readonly asked: unknown[][] = [];
  private readonly answer = Promise.withResolvers<InsightAnswer>();
  private readonly question = Promise.withResolvers<void>();

  constructor(name: string) {
    this.name = name;
  }

  get wasAsked(): Promise<void> {
    return this.question.promise;
  }

  ask(...question: unknown[]): Promise<InsightAnswer> {
    this.asked.push(question);
    this.question.resolve();
    return this.answer.promise;
  }

  say(answer: InsightAnswer): void {
    this.answer.resolve(answer);
  }
}

describe('insights', () => {
  let sources: readonly [ToldSource, ToldSource, ToldSource];
  let read: ReadTaskInsights;
  let create: CreateTask;
  let alice: string;
  let bob: string;
  beforeEach(async () => {
    sources = [new ToldSource('weather'), new ToldSource('news'), new ToldSource('stars')];
    const application = await testApplication('memory', {}, [override(tokens.taskInsightSources, sources)]);
    const { work, reader, directory } = application.get(tokens.taskStorage);
    create = new CreateTask(work, directory, application.get(tokens.ids), application.get(tokens.clock));
    read = new ReadTaskInsights(reader, directory, application.get(tokens.taskInsightSources));
    alice = (await storedUser(application)).id;
    bob = (await storedUser(application)).id;
  });

  const newTask = (assigneeId: string | null = null) =>
    create.execute({ ...CONTENT, assigneeId }, principal(alice));

  it('come from all sources, asked at once, in their order and with the task', async () => {
    const task = await newTask();
    const [weather, news, stars] = sources;
    const reading = read.execute(task.id, CALL, principal(alice));
    stars.say({ data: { sign: 'leo' } });
    news.say({ failure: 'timeout' });
    weather.say({ data: null });
    const answer = await reading;
    expect({ ...answer.task }).toEqual({ ...task });
    expect(answer.insights).toEqual([
      { source: 'weather', took: expect.any(Number), data: null },
      { source: 'news', took: expect.any(Number), failure: 'timeout' },
      { source: 'stars', took: expect.any(Number), data: { sign: 'leo' } },
    ]);
    for (const { asked } of sources) {
      expect(asked).toHaveLength(1);
      expect(asked[0]).toEqual([answer.task, CALL]);
    }
  });

  it('do not wait for one source before they ask the next', async () => {
    const { id } = await newTask();
    const reading = read.execute(id, CALL, principal(alice));
    await Promise.all(sources.map(({ wasAsked }) => wasAsked));
    for (const source of sources) source.say({ data: source.name });
    expect((await reading).insights).toMatchObject([
      { data: 'weather' },
      { data: 'news' },
      { data: 'stars' },
    ]);
  });

  it('are shown to the assignee, and to nobody who may not see the task, of whom no source hears', async () => {
    const own = await newTask();
    await expect(read.execute(own.id, CALL, principal(bob))).rejects.toThrow(TaskNotFound);
    const by = principal(alice, without('tasks'));
    await expect(read.execute(own.id, CALL, by)).rejects.toThrow(MissingScope);
    for (const { asked } of sources) expect(asked).toEqual([]);
    const assigned = await newTask(bob);
    for (const source of sources) source.say({ data: 1 });
    expect((await read.execute(assigned.id, CALL, principal(bob))).insights).toHaveLength(3);
  });
});
