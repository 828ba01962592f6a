import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { TaskId } from '../domain/task.ts';
import type {
  InsightAnswer,
  InsightCall,
  InsightSource,
  TaskDirectory,
  TaskReader,
  TaskView,
} from './ports.ts';
import { requireVisible } from './visible-task.ts';

export type Insight = InsightAnswer & {
  readonly source: string;
  /** Milliseconds. */
  readonly took: number;
};

/**
 * Shows a task to whoever may see it, with what every source outside says about it.
 *
 * - All sources are asked at once, so it takes as long as the slowest of them, which is bounded.
 * - A source that fails is named in its place, and the others answer as if it had not.
 * - They come in the order in which they are configured.
 * - Nothing of whoever asks goes to a source, and a task that they may not see is not spoken of to any.
 */
export class ReadTaskInsights {
  private readonly reader: TaskReader;
  private readonly directory: TaskDirectory;
  private readonly sources: readonly InsightSource[];

  constructor(reader: TaskReader, directory: TaskDirectory, sources: readonly InsightSource[]) {
    this.reader = reader;
    this.directory = directory;
    this.sources = sources;
  }

  async execute(
    taskId: TaskId,
    call: InsightCall,
    by: Principal,
  ): Promise<{ readonly task: TaskView; readonly insights: readonly Insight[] }> {
    requireScope(by, 'tasks');
    const task = await requireVisible(await this.reader.find(taskId), by, this.directory);
    const insights = await Promise.all(
      this.sources.map(async source => {
        const asked = performance.now();
        const answer = await source.ask(task, call);
        return { ...answer, source: source.name, took: performance.now() - asked };
      }),
    );
    return { task, insights };
  }
}
