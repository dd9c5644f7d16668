import type { Health } from "@/lib/console/admin-health";
import type { Read } from "@/lib/console/operator";

/** Something that does not work as it should, with what follows from it. */
export type Degraded = {
  id: string;
  type: "error" | "warning";
  header: string;
  consequence: string;
};

/** Every request waits for the database a few times. */
const DATABASE_SLOW_MS = 200;

/** What every page has to say while it lasts. `isUnanswered`: nobody answers at all. */
export function degradedOf(health: Read<Health> | undefined, isUnanswered: boolean): Degraded[] {
  if (isUnanswered) return [NO_ANSWER];
  if (health === undefined) return [];
  if (health.ok) return ofHealth(health.data);
  const { kind, message } = health.refusal;
  if (message.toLowerCase().includes("sealed")) return [SEALED];
  return kind === "unavailable" || kind === "failed" ? [BLOCKED] : [];
}

const NO_ANSWER: Degraded = {
  id: "answer",
  type: "error",
  header: "The server does not answer",
  consequence:
    "What is shown is the last that it told, and changes cannot be made. Credentials that were issued stay valid at AWS until they end.",
};

const SEALED: Degraded = {
  id: "sealed",
  type: "error",
  header: "This installation is sealed",
  consequence:
    "No login and no credential is given, and nothing is revoked: leases that come due stay valid at AWS until it is unsealed.",
};

/** The log in the database and the database fail together: an entry is committed with what it tells of. */
const BLOCKED: Degraded = {
  id: "blocked",
  type: "error",
  header: "The database does not take what is written",
  consequence:
    "Requests are refused, since the audit log cannot tell of them. Leases that come due are not revoked meanwhile, and stay valid at AWS.",
};

function ofHealth({ database, aws, audit }: Health): Degraded[] {
  const found: Degraded[] = [];
  const lost = aws
    .filter(({ unreachable }) => unreachable === true)
    .map(({ service }) => service.toUpperCase());
  if (lost.length > 0) {
    found.push({
      id: "aws",
      type: "error",
      header: `AWS cannot be reached: ${lost.join(" and ")}`,
      consequence:
        "Logins and new credentials fail. Revocations wait and are tried again: what was to end stays valid at AWS until one goes through.",
    });
  }
  if (database.latency_ms >= DATABASE_SLOW_MS) {
    found.push({
      id: "database",
      type: "warning",
      header: `The database is slow: ${database.latency_ms} ms`,
      consequence: "Every login, credential and revocation waits for it a few times.",
    });
  }
  const failing = audit.devices.filter(({ failing_since: since }) => since !== null);
  if (failing.length > 0) {
    found.push({
      id: "audit",
      type: "error",
      header: `An audit device takes nothing: ${failing.map(({ path }) => path).join(", ")}`,
      consequence:
        "Requests go on, and the built-in log has every one of them; the device lacks what happens until it is repaired.",
    });
  }
  return found;
}
