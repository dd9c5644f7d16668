/** Paths that need `sudo` beside the operation's capability. */
const PATHS: ReadonlySet<string> = new Set([
  "auth/token/accessors",
  "auth/token/revoke-orphan",
  "sys/audit",
  "sys/config/cors",
  "sys/config/group-policy-application",
  "sys/leases",
  "sys/raw",
  "sys/remount",
  "sys/rotate",
  "sys/rotate/keyring",
  "sys/rotate/root",
  "sys/seal",
  "sys/step-down",
]);

/** What begins with one of these needs `sudo` too. */
const PREFIXES: readonly string[] = [
  "auth/token/accessors/",
  "sys/audit/",
  "sys/auth/",
  "sys/config/auditing/",
  "sys/config/ui/headers/",
  "sys/internal/inspect/",
  // With the slash: looking up one lease, by `sys/leases/lookup`, needs none; listing them does.
  "sys/leases/lookup/",
  "sys/leases/revoke-force/",
  "sys/leases/revoke-prefix/",
  "sys/plugins/catalog/",
  "sys/raw/",
  "sys/replication/",
  "sys/revoke-force/",
  "sys/revoke-prefix/",
  "sys/storage/raft/snapshot",
];

/**
 * True when a path of the server itself needs `sudo`. `path` is canonical, without leading slash; that
 * of a list ends in a slash.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#root-protected-api-endpoints
 */
export function isRootProtected(path: string): boolean {
  if (!path.startsWith("sys/") && !path.startsWith("auth/token/")) return false;
  const bare = path.endsWith("/") ? path.slice(0, -1) : path;
  return PATHS.has(bare) || PREFIXES.some((prefix) => path.startsWith(prefix));
}
