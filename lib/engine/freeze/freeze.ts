import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";
import type { JsonObject } from "@/lib/engine/json";

/** Kind of settings of the mount `sys/`. */
export const FREEZE = "freeze";

/**
 * Whom a freeze keeps out: an AWS principal (`session` empty: in all its sessions), or a role of an
 * auth or secrets mount.
 */
export type FreezeTarget =
  | {
      kind: "principal";
      /** As it was given. */
      arn: string;
      account: string;
      type: "user" | "role";
      name: string;
      session: string;
    }
  | { kind: "role"; mountId: string; name: string };

/** Until it ends, its target logs in no more and is given no credentials. */
export type Freeze = {
  id: string;
  target: FreezeTarget;
  until: Date;
  /** Told to whoever is refused. */
  message: string;
  /** For the log. */
  reason: string;
  createdBy: string;
  createdAt: Date;
};

const MEMO = "freezes";

/** All freezes of one version of the configuration, also those that have ended. */
export async function freezesOf(config: ConfigSnapshot): Promise<readonly Freeze[]> {
  const known = config.memo.get(MEMO) as readonly Freeze[] | undefined;
  if (known !== undefined) return known;
  const sys = config.mounts.byFullPath("sys/");
  const settings = sys === null ? [] : await config.settings(sys.id, FREEZE);
  const freezes = settings.map(freezeFromSetting);
  config.memo.set(MEMO, freezes);
  return freezes;
}

function freezeFromSetting({ key, body }: Setting): Freeze {
  return {
    id: key,
    target: targetFromJson(body),
    until: new Date(textOf(body["until"])),
    message: textOf(body["message"]),
    reason: textOf(body["reason"]),
    createdBy: textOf(body["createdBy"]),
    createdAt: new Date(textOf(body["createdAt"])),
  };
}

function targetFromJson(body: JsonObject): FreezeTarget {
  if (body["kind"] === "role") {
    return { kind: "role", mountId: textOf(body["mountId"]), name: textOf(body["name"]) };
  }
  return {
    kind: "principal",
    arn: textOf(body["arn"]),
    account: textOf(body["account"]),
    type: body["type"] === "user" ? "user" : "role",
    name: textOf(body["name"]),
    session: textOf(body["session"]),
  };
}

export function freezeToJson(freeze: Freeze): JsonObject {
  return {
    ...freeze.target,
    until: freeze.until.toISOString(),
    message: freeze.message,
    reason: freeze.reason,
    createdBy: freeze.createdBy,
    createdAt: freeze.createdAt.toISOString(),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
