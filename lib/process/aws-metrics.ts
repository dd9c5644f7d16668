import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Metrics } from "@/lib/engine/ports";

/**
 * Measures calls to AWS; they are told apart by the service that they are signed for.
 *
 * @returns a function that ends it.
 * @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
export function measureAwsCalls(metrics: Metrics): () => void {
  const began = new WeakMap<object, number>();
  const timed = (message: unknown, status: string | null): void => {
    const request = property(message, "request");
    if (typeof request !== "object" || request === null) return;
    const at = began.get(request);
    if (at === undefined) return;
    began.delete(request);
    const labels = { service: serviceOf(request) };
    const ms = performance.now() - at;
    metrics.observe("aws.call", ms, labels);
    metrics.observe(isAnswer(status) ? "aws.call.answered" : "aws.call.lost", ms, labels);
    if (status !== null) metrics.count("aws.call.error", { ...labels, status });
  };
  const channels: Readonly<Record<string, (message: unknown) => void>> = {
    "undici:request:create": (message) => {
      const request = property(message, "request");
      if (typeof request === "object" && request !== null) began.set(request, performance.now());
    },
    "undici:request:headers": (message) => {
      const status = Number(property(property(message, "response"), "statusCode"));
      timed(message, status >= 400 ? String(status) : null);
    },
    "undici:request:error": (message) => timed(message, "none"),
  };
  for (const [name, listen] of Object.entries(channels)) subscribe(name, listen);
  return () => {
    for (const [name, listen] of Object.entries(channels)) unsubscribe(name, listen);
  };
}

/** Whatever AWS says is an answer, but that it is not at work. `none`: the connection broke. */
function isAnswer(status: string | null): boolean {
  return status !== "none" && !(status?.startsWith("5") === true && status !== "503");
}

/** The credential scope of a signature ends in `/<service>/aws4_request`. */
function serviceOf(request: object): string {
  const headers = property(request, "headers");
  const text = Array.isArray(headers) ? headers.join(" ") : String(headers);
  return /\/([a-z0-9]{1,20})\/aws4_request/.exec(text)?.[1] ?? "sts";
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  // Any object has properties; what they are is for the caller to see.
  return (value as Record<string, unknown>)[name];
}
