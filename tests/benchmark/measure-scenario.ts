import { send } from './api-client.ts';
import { generateLoad } from './generate-load.ts';
import type { LoadResult } from './load.ts';
import { median } from './median.ts';
import type { Options } from './options.ts';
import type { Pinning } from './pinning.ts';
import type { Scenario } from './scenarios.ts';
import type { ServerProcess } from './server-process.ts';
import { startBareKoa } from './start-bare-koa.ts';

/** Medians of the runs; times are in milliseconds. */
export interface Figures {
  readonly perSecond: number;
  readonly lowest: number;
  readonly highest: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuPerRequest: number | undefined;
  readonly generatorBusy: number;
  readonly errors: number;
}

export interface ScenarioResult {
  readonly name: string;
  readonly service: Figures;
  readonly bare: Figures;
  /** The service's requests per second in per cent of the bare Koa's. */
  readonly ratio: number;
}

/** Measures the service and, by turns with it, a bare Koa that gives the same answer as a constant. */
export async function measureScenario(
  scenario: Scenario,
  service: ServerProcess,
  directory: string,
  options: Options,
  pinning: Pinning,
): Promise<ScenarioResult> {
  const request = await scenario.request(service.origin);
  const bare = await startBareKoa(request, await send(service.origin, request), directory, pinning);
  try {
    const load = (server: ServerProcess) =>
      generateLoad({
        origin: server.origin,
        pid: server.pid,
        request,
        connections: scenario.connections,
        seconds: options.seconds,
        warmUpSeconds: options.warmUpSeconds,
        requests: options.requests,
      });
    const runs = [];
    for (let run = 0; run < options.runs; run += 1)
      runs.push({ service: await load(service), bare: await load(bare) });
    const figures = figuresOf(runs.map(run => run.service));
    const bareFigures = figuresOf(runs.map(run => run.bare));
    const ratio = (figures.perSecond / bareFigures.perSecond) * 100;
    return { name: scenario.name, service: figures, bare: bareFigures, ratio };
  } finally {
    await bare.stop();
  }
}

function figuresOf(runs: readonly LoadResult[]): Figures {
  const rates = runs.map(run => run.perSecond);
  return {
    perSecond: median(rates) ?? 0,
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
    p50: median(runs.map(run => run.p50)) ?? 0,
    p99: median(runs.map(run => run.p99)) ?? 0,
    cpuPerRequest: median(runs.map(run => run.cpuPerRequest)),
    generatorBusy: Math.max(...runs.map(run => run.generatorBusy)),
    errors: runs.reduce((sum, run) => sum + run.errors, 0),
  };
}
