import { told, type Decision } from "@/lib/engine/answer";
import type { Setting } from "@/lib/engine/config-snapshot";
import { isJsonObject } from "@/lib/engine/json";
import type { Mount } from "@/lib/engine/mount/mount";
import { decide } from "@/lib/engine/policy/decide";
import { isHiddenPolicy } from "@/lib/engine/policy/builtin";
import { isRootProtected } from "@/lib/engine/policy/root-protected";
import { normalisePolicyName, sanitisePolicies } from "@/lib/engine/policy/sanitise";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

/** Where the documents that hand out policies lie: by type of the auth method. */
const HOLDERS: Readonly<
  Record<string, { setting: string; parameters: string; path: string; kind: string }>
> = {
  aws: { setting: "role", parameters: "token", path: "role", kind: "auth role" },
  approle: { setting: "role", parameters: "parameters", path: "role", kind: "AppRole" },
  userpass: { setting: "user", parameters: "parameters", path: "users", kind: "operator" },
};

/** Holders of one policy that are named; all of them are counted. */
const NAMED_MAX = 200;

type Holder = { kind: string; path: string; mountAccessor: string; name: string };

/**
 * Which roles and operators hand out which policies, as far as the caller may read them; the others are
 * counted. `only`: this policy and no other.
 */
export async function policyUsage(
  scope: RequestScope,
  only: string | undefined,
): Promise<Decision> {
  const holders = await holdersByPolicy(scope);
  const stored = await scope.config.policyNames();
  const names = [...stored.filter((name) => !isHiddenPolicy(name)), "root"];
  const shown = only === undefined ? names : [normalisePolicyName(only)];
  return told({
    policies: shown.map((name) => usageData(scope, name, holders.get(name) ?? [])),
  });
}

function usageData(scope: RequestScope, name: string, holders: readonly Holder[]) {
  const readable = holders.filter(({ path }) => mayRead(scope, path));
  return {
    name,
    count: holders.length,
    hidden: holders.length - readable.length,
    used_by: readable.slice(0, NAMED_MAX).map((holder) => ({
      kind: holder.kind,
      path: holder.path,
      mount_accessor: holder.mountAccessor,
      name: holder.name,
    })),
  };
}

/** Computed once for each version of the configuration. */
async function holdersByPolicy(scope: RequestScope): Promise<Map<string, Holder[]>> {
  const { memo, mounts } = scope.config;
  // Written below only, so the type is known.
  const kept = memo.get("policy holders") as Map<string, Holder[]> | undefined;
  if (kept !== undefined) return kept;
  const byPolicy = new Map<string, Holder[]>();
  for (const mount of mounts.all.filter((one) => one.class === "auth")) {
    const kind = HOLDERS[mount.type];
    if (kind === undefined) continue;
    for (const setting of await scope.config.settings(mount.id, kind.setting)) {
      const holder = holderOf(mount, kind, setting);
      for (const policy of policiesIn(setting, kind.parameters)) {
        byPolicy.set(policy, byPolicy.get(policy) ?? []);
        byPolicy.get(policy)?.push(holder);
      }
    }
  }
  memo.set("policy holders", byPolicy);
  return byPolicy;
}

function holderOf(
  mount: Mount,
  { kind, path }: { kind: string; path: string },
  { key }: Setting,
): Holder {
  return {
    kind,
    path: `${mount.fullPath}${path}/${key}`,
    mountAccessor: mount.accessor,
    name: key,
  };
}

/** As a login would hand them out: normalised, with `default` unless it is left out. */
function policiesIn({ body }: Setting, parameters: string): string[] {
  const token = body[parameters];
  if (!isJsonObject(token)) return [];
  const { policies, noDefaultPolicy } = token;
  const named = Array.isArray(policies)
    ? policies.filter((name): name is string => typeof name === "string")
    : [];
  return sanitisePolicies(named, noDefaultPolicy !== true);
}

function mayRead(scope: RequestScope, path: string): boolean {
  return decide(callerOf(scope).acl, {
    operation: "read",
    path,
    rootProtected: isRootProtected(path),
    data: {},
    wrapTtlSeconds: 0,
  }).allowed;
}
