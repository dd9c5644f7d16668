import { answered, told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import { offeredTypes } from "@/lib/engine/mount/types";

/** Kinds of plugins, in Vault's words. */
const KINDS = ["auth", "database", "secret"] as const;
type Kind = (typeof KINDS)[number];

function isKind(text: string): text is Kind {
  return KINDS.some((kind) => kind === text);
}

function namesOf(kind: Kind): string[] {
  return kind === "database" ? [] : [...offeredTypes(kind)].sort();
}

function versionOf(version: string): string {
  return `v${version}+builtin.vault`;
}

/**
 * What can be enabled. All of it is built in: nothing can be added.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/plugins-catalog
 */
export function readCatalog(version: string): Decision {
  const detailed = KINDS.flatMap((type) =>
    namesOf(type).map((name) => ({
      name,
      type,
      builtin: true,
      deprecation_status: "supported",
      version: versionOf(version),
    })),
  );
  return told({ detailed, ...Object.fromEntries(KINDS.map((kind) => [kind, namesOf(kind)])) });
}

/** Names of one kind. @throws EngineError `invalid_request` for any other kind. */
export function listCatalog(kind: string): Decision {
  if (!isKind(kind)) throw invalidRequest(`"${kind}" is not a supported plugin type`);
  const keys = namesOf(kind);
  return keys.length === 0 ? answered(null) : told({ keys });
}

/** One plugin. @throws EngineError `invalid_request` for an unknown kind. */
export function readPlugin(kind: string, name: string, version: string): Decision {
  if (!isKind(kind)) throw invalidRequest(`"${kind}" is not a supported plugin type`);
  if (!namesOf(kind).includes(name)) return answered(null);
  return told({
    name,
    builtin: true,
    args: [],
    command: "",
    sha256: "",
    deprecation_status: "supported",
    version: versionOf(version),
  });
}
