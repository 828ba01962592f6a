import type { Metric, MetricObjectWithValues, MetricValue } from 'prom-client';

/** From a read out of a cache to a request that waited for a lock, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const NAME = 'atrium_http_request_duration_seconds';

interface Series {
  readonly labels: { readonly endpoint: string; readonly status: number };
  /** How many requests took at most as long as each bucket and longer than the one before; the last is the rest. */
  readonly counts: number[];
  sum: number;
}

/**
 * How long requests took, by endpoint and status: a Prometheus histogram. It is prom-client's in all but `observe`,
 * which there hashes the labels of every request and was a twentieth of a short request's time.
 */
export class RequestMetric {
  readonly name = NAME;
  private readonly series = new Map<string, Map<number, Series>>();

  observe(endpoint: string, status: number, seconds: number): void {
    const series = this.series.get(endpoint)?.get(status) ?? this.begin(endpoint, status);
    const { counts } = series;
    series.sum += seconds;
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket += 1;
    counts[bucket] = (counts[bucket] as number) + 1;
  }

  /** What the registry asks for when it is read. */
  get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const values = [...this.series.values()].flatMap(statuses => [...statuses.values()].flatMap(valuesOf));
    const help = 'Time from the head of a request to its whole answer, without sending it.';
    return Promise.resolve({ name: NAME, help, type: 'histogram', aggregator: 'sum', values } as never);
  }

  reset(): void {
    this.series.clear();
  }

  private begin(endpoint: string, status: number): Series {
    const statuses = this.series.get(endpoint) ?? new Map<number, Series>();
    const series = emptySeries(endpoint, status);
    this.series.set(endpoint, statuses.set(status, series));
    return series;
  }

  asMetric(): Metric {
    return this as unknown as Metric;
  }
}

function emptySeries(endpoint: string, status: number): Series {
  return { labels: { endpoint, status }, counts: new Array(BUCKETS.length + 1).fill(0), sum: 0 };
}

function valuesOf({ labels, counts, sum }: Series): object[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return {
      labels: { ...labels, le: BUCKETS[index] ?? '+Inf' },
      value: total,
      metricName: `${NAME}_bucket`,
    };
  });
  return [
    ...buckets,
    { labels, value: sum, metricName: `${NAME}_sum` },
    { labels, value: total, metricName: `${NAME}_count` },
  ];
}
