import { describe, expect, test } from "vitest";
import { countEffects } from "@/lib/process/commit-metrics";
import { ProcessMetrics } from "@/lib/process/metrics";

const REQUEST = {
  id: "a",
  operation: "read",
  method: "GET",
  uriPath: "/v1/aws/creds/app",
  clientAddress: "192.0.2.1",
  clientPort: 40_000,
};

describe("numbers of this process", () => {
  test("a request is in flight until it is answered, then counted by status and mount", () => {
    const metrics = new ProcessMetrics();

    const handled = metrics.began(REQUEST);
    const during = metrics.inFlight();
    handled.ended({ status: 404, mountPath: "aws/", isLogin: false });

    expect(during).toMatchObject([{ id: "a", request: { uriPath: "/v1/aws/creds/app" } }]);
    expect(metrics.inFlight()).toEqual([]);
    expect(metrics.read()).toMatchObject([
      {
        kind: "counter",
        name: "core.response_status_code",
        labels: { code: "404", type: "4xx" },
        value: 1,
      },
      { kind: "summary", name: "core.handle_request", count: 1 },
      { kind: "summary", name: "route.read.aws-", count: 1 },
    ]);
  });

  test("quantiles come from what was measured last", () => {
    const metrics = new ProcessMetrics();

    for (let ms = 1; ms <= 1000; ms += 1) metrics.observe("core.handle_request", ms);

    expect(metrics.read()).toMatchObject([
      { count: 1000, sum: 500_500, recent: { min: 745, max: 1000, p50: 873, p99: 998 } },
    ]);
  });

  test("labels tell counters of one name apart", () => {
    const metrics = new ProcessMetrics();

    metrics.count("a", { x: "1" });
    metrics.count("a", { x: "2" }, 2);
    metrics.count("a", { x: "1" });

    expect(metrics.read()).toMatchObject([
      { labels: { x: "1" }, value: 2 },
      { labels: { x: "2" }, value: 2 },
    ]);
  });

  test("expired tokens and leases count as expirations, others as revocations only", () => {
    const metrics = new ProcessMetrics();

    countEffects(metrics, [
      { kind: "revoke_tokens", hmacs: ["a", "b"], orphanChildren: false, reason: "expired" },
      { kind: "end_lease", id: "c", fence: null, outcome: "expired" },
      { kind: "end_lease", id: "d", fence: null, outcome: "forced" },
    ]);

    const values = metrics.read().map((metric) => [metric.name, "value" in metric && metric.value]);
    expect(Object.fromEntries(values)).toEqual({
      "expire.lease_expiration": 3,
      "token.revoke_count": 2,
      "expire.revoke_count": 1,
      "expire.revoke-force_count": 1,
    });
  });

  test("the number of series is bounded", () => {
    const metrics = new ProcessMetrics();

    for (let index = 0; index < 10_000; index += 1) {
      metrics.count("a", { x: String(index) });
      metrics.observe("b", 1, { x: String(index) });
    }

    expect(metrics.read().length).toBeLessThanOrEqual(10_000);
  });
});
