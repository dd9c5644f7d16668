import type { AuditRow } from "@/lib/engine/audit/row";
import type { Effect, EffectKind } from "@/lib/engine/effects";
import type { Metrics } from "@/lib/engine/ports";
import type { Labels } from "@/lib/engine/system/metrics-formats";
import { ttlBucket } from "@/lib/engine/system/ttl-bucket";

const NO_LABELS: Labels = {};
const ROOT_NAMESPACE: Labels = { namespace: "root" };

/** Counted once for each effect of the kind. */
const COUNTERS: Readonly<Partial<Record<EffectKind, string>>> = {
  grant_token: "token.create_count",
  issue_lease: "expire.register_count",
  renew_lease: "expire.renew_count",
  renew_token: "expire.renew-token_count",
  put_policy: "policy.set_policy_count",
  delete_policy: "policy.delete_policy_count",
};

/** Counts what was committed. */
export function countEffects(metrics: Metrics, effects: readonly Effect[]): void {
  for (const effect of effects) {
    const name = COUNTERS[effect.kind];
    if (name !== undefined) metrics.count(name);
    countParticulars(metrics, effect);
  }
}

function countParticulars(metrics: Metrics, effect: Effect): void {
  if (effect.kind === "grant_token") {
    metrics.count("token.creation", {
      mount_id: effect.grant.mountId ?? "",
      creation_ttl: ttlBucket(effect.grant.ttlSeconds),
      token_type: effect.grant.kind,
    });
  } else if (effect.kind === "issue_lease") {
    metrics.count("secret.lease.creation", {
      mount_id: effect.lease.mountId,
      creation_ttl: ttlBucket(effect.lease.ttlSeconds),
    });
  } else if (effect.kind === "revoke_tokens") {
    const ended = effect.hmacs.length;
    metrics.count("token.revoke_count", NO_LABELS, ended);
    if (effect.reason === "expired")
      metrics.count("expire.lease_expiration", ROOT_NAMESPACE, ended);
  } else if (effect.kind === "end_lease") {
    if (effect.outcome === "expired") metrics.count("expire.lease_expiration", ROOT_NAMESPACE);
    const isForced = effect.outcome === "forced";
    metrics.count(isForced ? "expire.revoke-force_count" : "expire.revoke_count");
  } else if (effect.kind === "retry_lease") {
    metrics.count("expire.lease_expiration.error", ROOT_NAMESPACE);
  }
}

/** Counts entries of the built-in log. */
export function countAuditRows(metrics: Metrics, rows: readonly AuditRow[]): void {
  let requests = 0;
  let responses = 0;
  for (const { kind } of rows) {
    if (kind === "request" || kind === "both") requests += 1;
    if (kind === "response" || kind === "both") responses += 1;
  }
  if (requests > 0) metrics.count("audit.log_request_count", NO_LABELS, requests);
  if (responses > 0) metrics.count("audit.log_response_count", NO_LABELS, responses);
}
