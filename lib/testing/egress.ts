import { isIP, Socket } from "node:net";
import { PerformanceObserver } from "node:perf_hooks";
import { inject } from "vitest";

export type Egress = {
  /** `host:port` of every connection that was tried, as it was asked for; the database's are left out. */
  connections: string[];
  /** Names that were looked up; addresses that are written as such need no look-up. */
  lookups(): readonly string[];
  stop(): void;
};

/**
 * Watches what this process connects to and which names it looks up, below everything that could
 * choose not to tell.
 */
export function watchEgress(): Egress {
  const connections: string[] = [];
  const names: string[] = [];
  const tell = (entry: PerformanceEntry): void => {
    const detail: unknown = "detail" in entry ? entry.detail : null;
    if (typeof detail === "object" && detail !== null && "hostname" in detail) {
      if (isIP(String(detail.hostname)) === 0) names.push(String(detail.hostname));
    }
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(tell));
  observer.observe({ entryTypes: ["dns"] });
  const database = `:${new URL(inject("database").url).port}`;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the socket it belongs to
  const connect: (...given: never[]) => Socket = Socket.prototype.connect;
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]): Socket {
    const target = targetOf(given);
    if (!target.endsWith(database)) connections.push(target);
    Reflect.apply(connect, this, given);
    return this;
  };
  return {
    connections,
    lookups: () => {
      observer.takeRecords().forEach(tell);
      return names;
    },
    stop: () => {
      Socket.prototype.connect = connect;
      observer.disconnect();
    },
  };
}

/** `connect` takes options, or a port and a host, or the array into which it puts either. */
function targetOf(given: readonly unknown[]): string {
  const [first, second] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given;
  if (typeof first !== "object" || first === null) return `${String(second)}:${String(first)}`;
  const options = first as { host?: unknown; port?: unknown; path?: unknown };
  return `${String(options.host ?? options.path)}:${String(options.port)}`;
}
