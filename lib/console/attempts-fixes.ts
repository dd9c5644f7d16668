import { endpointRegion } from "@/lib/engine/attempt/diagnosis";
import { asCode } from "@/lib/console/as-code";
import type { AttemptFacts } from "@/lib/console/attempts";
import { clientSnippets } from "@/lib/console/client-snippets";

/** What the fixes are made of. */
export type Failed = {
  step: string | null;
  cause: string | null;
  /** `auth/aws/` */
  mountPath: string;
  role: string;
  clientAddress: string;
  facts: AttemptFacts;
};

/** Commands that mend a refused login, for the client and for whoever runs the mount; often none. */
export type Fixes = { client: readonly string[]; admin: readonly string[] };

type Fix = (failed: Failed) => Partial<Fixes>;

/** The commands that go with an attempt's advice, filled in with what was measured. */
export function fixesFor(failed: Failed): Fixes {
  const { step, cause } = failed;
  const fix = FIXES[`${step ?? ""}.${cause ?? ""}`] ?? FIXES[step ?? ""];
  if (failed.role === "") return { client: [], admin: [] };
  return { client: [], admin: [], ...fix?.(failed) };
}

const logIn: Fix = (failed) => ({ client: [login(failed)] });

const bindCaller: Fix = (failed) => {
  const { boundArns = [], moreBoundArns = 0, canonicalArn = "" } = failed.facts;
  // The list is written as a whole, and not all of a long one is known here.
  if (canonicalArn === "" || moreBoundArns > 0) return {};
  return { admin: [bind(failed, [...boundArns, canonicalArn])] };
};

const bindInstead =
  (kind: string): Fix =>
  (failed) => {
    const { boundArns = [], moreBoundArns = 0, canonicalArn = "" } = failed.facts;
    if (canonicalArn === "" || moreBoundArns > 0) return {};
    const kept = boundArns.filter((arn) => !arn.includes(`:${kind}/`));
    return { admin: [bind(failed, [...kept, canonicalArn])] };
  };

const FIXES: Readonly<Record<string, Fix>> = {
  "server_id.missing": logIn,
  "server_id.different": logIn,
  "server_id.not_signed": logIn,
  "sts.clock": () => ({ client: ["timedatectl set-ntp true"] }),
  "sts.region": (failed) => ({
    client: [login(failed, wantedRegion(failed.facts))],
    admin: [write(failed, "config/client", { use_sts_region_from_client: true })],
  }),
  "sts.throttled": (failed) => ({
    admin: [write(failed, "config/client", { use_sts_region_from_client: true })],
  }),
  role: (failed) => ({
    admin: [
      write(failed, `role/${failed.role}`, {
        auth_type: "iam",
        bound_iam_principal_arn: failed.facts.canonicalArn ?? "",
      }),
    ],
  }),
  network: (failed) => {
    const { boundCidrs = [] } = failed.facts;
    const own = `${failed.clientAddress}/${failed.clientAddress.includes(":") ? 128 : 32}`;
    const token_bound_cidrs = [...boundCidrs, own].join(",");
    return { admin: [write(failed, `role/${failed.role}`, { token_bound_cidrs })] };
  },
  principal: bindCaller,
  "principal.recreated": (failed) => {
    const { boundArns = [], moreBoundArns = 0 } = failed.facts;
    return moreBoundArns > 0 ? {} : { admin: [bind(failed, boundArns)] };
  },
  "principal.policy_bound": bindInstead("policy"),
  "principal.session_bound": bindInstead("assumed-role"),
  "principal.lookup_failed": () => ({ admin: [LOOKUP_POLICY] }),
  replay: (failed) => ({
    admin: [write(failed, "config/client", { replay_guard: "window" })],
  }),
};

/** @see https://developer.hashicorp.com/vault/docs/auth/aws#recommended-vault-iam-policy */
const LOOKUP_POLICY = JSON.stringify(
  {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["iam:GetRole", "iam:GetUser"], Resource: "*" }],
  },
  null,
  2,
);

function login({ mountPath, role, facts }: Failed, region = ""): string {
  const snippets = clientSnippets({
    mount: mountPath.replace(/^auth\/|\/$/g, ""),
    role,
    serverId: facts.expectedServerId ?? "",
    region,
  });
  return snippets.find(({ id }) => id === "vault")?.text ?? "";
}

function wantedRegion({ endpoint = "", host = "" }: AttemptFacts): string {
  return endpointRegion(endpoint) ?? endpointRegion(`https://${host}`) ?? "";
}

function bind(failed: Failed, arns: readonly string[]): string {
  return write(failed, `role/${failed.role}`, {
    bound_iam_principal_arn: [...new Set(arns)].join(","),
  });
}

function write({ mountPath }: Failed, below: string, data: Record<string, unknown>): string {
  return asCode({ operation: "write", path: `${mountPath}${below}`, data }).vault;
}
