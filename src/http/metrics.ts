// Prometheus metrics: the process's own, and the time of requests by route and status. Routes are named by their pattern,
// never by the address asked for, so that no id of a person becomes a label and the number of series stays bounded.
import type { RequestHandler } from 'express';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const MS_PER_S = 1_000;
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export interface Metrics {
  /** Measures every request that passes. */
  measure: RequestHandler;
  /** Adds numbers that are read when the metrics are asked for. */
  addGauges(options: {
    names: Record<string, string>;
    read: () => Promise<Record<string, number>>;
  }): void;
  /** Adds a number that only grows; gives back what counts. */
  addCounter(options: { name: string; help: string }): (by: number) => void;
  mediaType: string;
  text(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'crosswalk_http_request_seconds',
    help: 'Time from request to answer, in seconds',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  return {
    measure: measureRequests(requests),
    addGauges: (options) => addGauges(registry, options),
    addCounter(options) {
      const counter = new Counter({ ...options, registers: [registry] });
      return (by) => counter.inc(by);
    },
    mediaType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function measureRequests(requests: Histogram): RequestHandler {
  return (req, res, next) => {
    const begun = performance.now();
    res.on('finish', () => {
      const route: unknown = req.route;
      const pattern =
        typeof route === 'object' && route !== null && 'path' in route
          ? String(route.path)
          : 'none';
      requests.observe(
        { method: req.method, route: pattern, status: String(res.statusCode) },
        (performance.now() - begun) / MS_PER_S,
      );
    });
    next();
  };
}

/** One read serves all gauges of a group, at most once a scrape. */
function addGauges(
  registry: Registry,
  options: { names: Record<string, string>; read: () => Promise<Record<string, number>> },
): void {
  const [first, ...rest] = Object.entries(options.names).map(([name, help]) => ({ name, help }));
  if (!first) return;
  const others = rest.map((row) => new Gauge({ ...row, registers: [registry] }));
  new Gauge({
    ...first,
    registers: [registry],
    async collect() {
      const values = await options.read();
      this.set(values[first.name] ?? 0);
      rest.forEach((row, index) => others[index]?.set(values[row.name] ?? 0));
    },
  });
}
