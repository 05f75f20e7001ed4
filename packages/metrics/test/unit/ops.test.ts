import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { METRICS } from '@proviso/metrics';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string };
}
const { groups } = parse(read('ops/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('ops/grafana/proviso.json')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
const queries: [string, string][] = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...panels.flatMap(({ title, targets }) =>
    // Grafana replaces its variable before Prometheus reads the query.
    targets.map(({ expr }): [string, string] => [title, expr.replaceAll('$__rate_interval', '5m')]),
  ),
];

const registry = new Registry();
collectDefaultMetrics({ register: registry });
const known = new Map<string, readonly string[]>([
  ...registry.getMetricsAsArray().map(({ name }): [string, string[]] => [name, []]),
  ...METRICS.flatMap(({ name, kind, labels }): [string, readonly string[]][] =>
    kind === 'histogram'
      ? [
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]],
  ),
]);

/** The metrics and labels that a query names. Throws if Prometheus could not parse it. */
function namesIn(query: string): { metrics: string[]; labels: string[] } {
  const metrics: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`cannot be parsed at ${from}: ${query}`);
      const text = query.slice(from, to);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
      if (type.name === 'LabelName') labels.push(text);
    },
  });
  return { metrics, labels };
}

describe('the alerts and the dashboard in ops/', () => {
  it.each(queries)('query only metrics and labels that exist: %s', (_, query) => {
    const { metrics, labels } = namesIn(query);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    const there = new Set(['instance', ...metrics.flatMap((name) => known.get(name) ?? [])]);
    expect(labels.filter((name) => !there.has(name))).toEqual([]);
  });

  it('show every metric of Proviso somewhere', () => {
    const shown = new Set(
      queries.flatMap(([, query]) => namesIn(query).metrics.map((name) => name.replace(/_(bucket|sum|count)$/, ''))),
    );
    expect(METRICS.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('a query of a metric that does not exist, or that cannot be parsed, would be found', () => {
    expect(known.has(namesIn('rate(proviso_nothing_total[5m])').metrics[0] ?? '')).toBe(false);
    expect(() => namesIn('sum by (type (proviso_runs_total)')).toThrow('cannot be parsed');
  });

  it('each alert has a paragraph on what to do in docs/operations.md, and each paragraph an alert', () => {
    const told = [...read('docs/operations.md').matchAll(/^### `(Proviso\w+)`\n\n(.+)/gm)];
    expect(told.map(([, alert]) => alert).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    expect(told.filter(([, , text]) => (text ?? '').length < 40)).toEqual([]);
  });
});
