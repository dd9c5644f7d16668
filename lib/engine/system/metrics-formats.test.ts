import { describe, expect, test } from "vitest";
import { toJsonMetrics, toPrometheus, type Metric } from "@/lib/engine/system/metrics-formats";

const SUMMARY: Metric = {
  kind: "summary",
  name: "route.read.auth-aws-",
  labels: {},
  count: 2,
  sum: 5,
  recent: { min: 1, max: 4, p50: 1, p90: 4, p99: 4 },
};

describe("metrics for Prometheus", () => {
  test("stand in families, each with its type, under names without dots and dashes", () => {
    const text = toPrometheus([
      { kind: "gauge", name: "token.count", labels: { cluster: "c" }, value: 3 },
      { kind: "counter", name: "aws.call.error", labels: {}, value: 1 },
      { kind: "gauge", name: "token.count", labels: { cluster: "d" }, value: 4 },
      SUMMARY,
    ]);

    expect(text.split("\n")).toEqual([
      "# HELP vault_token_count vault_token_count",
      "# TYPE vault_token_count gauge",
      'vault_token_count{cluster="c"} 3',
      'vault_token_count{cluster="d"} 4',
      "# HELP vault_aws_call_error vault_aws_call_error",
      "# TYPE vault_aws_call_error counter",
      "vault_aws_call_error 1",
      "# HELP vault_route_read_auth_aws_ vault_route_read_auth_aws_",
      "# TYPE vault_route_read_auth_aws_ summary",
      'vault_route_read_auth_aws_{quantile="0.5"} 1',
      'vault_route_read_auth_aws_{quantile="0.9"} 4',
      'vault_route_read_auth_aws_{quantile="0.99"} 4',
      "vault_route_read_auth_aws__sum 5",
      "vault_route_read_auth_aws__count 2",
      "",
    ]);
  });

  test("have no quantiles where nothing was measured lately", () => {
    expect(toPrometheus([{ ...SUMMARY, recent: null }])).toContain('{quantile="0.5"} NaN\n');
  });

  test("hold what a label may not: quotes, backslashes, line ends", () => {
    const text = toPrometheus([
      { kind: "counter", name: "a", labels: { policy: 'x"} 1\nb\\' }, value: 1 },
    ]);

    expect(text.split("\n")[2]).toBe('vault_a{policy="x\\"} 1\\nb\\\\"} 1');
  });
});

test("metrics as JSON keep their dots and tell gauges, counters and samples apart", () => {
  const json = toJsonMetrics(
    [{ kind: "gauge", name: "core.active", labels: { cluster: "c" }, value: 1 }, SUMMARY],
    new Date("2026-02-03T04:05:06.789Z"),
  );

  expect(json).toEqual({
    Timestamp: "2026-02-03 04:05:06 +0000 UTC",
    Gauges: [{ Name: "vault.core.active", Labels: { cluster: "c" }, Value: 1 }],
    Points: [],
    Counters: [],
    Samples: [
      {
        Name: "vault.route.read.auth-aws-",
        Labels: {},
        Count: 2,
        Sum: 5,
        Min: 1,
        Max: 4,
        Mean: 2.5,
      },
    ],
  });
});
