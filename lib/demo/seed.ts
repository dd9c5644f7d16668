import { z } from "zod";
import { type Api, ApiRefused, readOrNull } from "@/lib/demo/api";
import { AUTH_ROLES, MOUNTS, SECRETS_ROLES, SERVER_ID } from "@/lib/demo/configuration";
import { OPERATORS, type OperatorName } from "@/lib/demo/notes";
import { POLICIES } from "@/lib/demo/policies";
import { FLEET_ACCOUNTS, FLEET_EXTERNAL_ID, FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";

const REGION = "us-east-1";
const OPERATOR_POLICIES: Readonly<Record<OperatorName, string>> = {
  admin: "admin",
  oncall: "on-call",
  auditor: "auditor",
};

/**
 * Fills an installation in over its API. A second time it changes only what belongs to the simulated
 * AWS, which forgets; all else stays as operators left it.
 */
export async function seedDemo(
  api: Api,
  simulatorUrl: string,
  passwords: Readonly<Record<OperatorName, string>>,
): Promise<void> {
  await enableMounts(api);
  for (const [name, policy] of Object.entries(POLICIES)) {
    await ensure(api, `sys/policies/acl/${name}`, { policy });
  }
  await configureAwsAuth(api, simulatorUrl);
  for (const mount of ["aws", "aws-production"]) {
    await api(`PUT ${mount}/config/root`, rootConfig(simulatorUrl));
  }
  for (const [mount, lease] of [
    ["aws", { lease: "2m", lease_max: "30m" }],
    ["aws-production", { lease: "10m", lease_max: "1h" }],
  ] as const) {
    await ensure(api, `${mount}/config/lease`, lease);
  }
  for (const [path, role] of [...AUTH_ROLES, ...SECRETS_ROLES]) {
    await ensure(api, path, role);
  }
  for (const name of OPERATORS) {
    await ensure(api, `auth/userpass/users/${name}`, {
      password: passwords[name],
      token_policies: OPERATOR_POLICIES[name],
      token_ttl: "8h",
    });
  }
}

const Enabled = z.object({ data: z.record(z.string(), z.unknown()) });

async function enableMounts(api: Api): Promise<void> {
  for (const [list, mounts] of Object.entries(MOUNTS)) {
    const { data: enabled } = Enabled.parse(await api(`GET ${list}`));
    for (const [path, mount] of Object.entries(mounts)) {
      if (!(`${path}/` in enabled)) await api(`POST ${list}/${path}`, mount);
    }
  }
}

async function configureAwsAuth(api: Api, simulatorUrl: string): Promise<void> {
  await api("PUT auth/aws/config/client", {
    access_key: FLEET_KEYS.leasehold.accessKeyId,
    secret_key: FLEET_KEYS.leasehold.secretAccessKey,
    iam_endpoint: simulatorUrl,
    sts_endpoint: simulatorUrl,
    sts_region: REGION,
    iam_server_id_header_value: SERVER_ID,
  });
  // Through this role the auth method looks principals of the other account up.
  await api(`PUT auth/aws/config/sts/${FLEET_ACCOUNTS.production}`, {
    sts_role: `arn:aws:iam::${FLEET_ACCOUNTS.production}:role/leasehold-reader`,
    external_id: FLEET_EXTERNAL_ID,
  });
}

function rootConfig(simulatorUrl: string): object {
  return {
    access_key: FLEET_KEYS.leasehold.accessKeyId,
    secret_key: FLEET_KEYS.leasehold.secretAccessKey,
    region: REGION,
    iam_endpoint: simulatorUrl,
    sts_endpoint: simulatorUrl,
  };
}

/** Writes it unless there is something already. */
async function ensure(api: Api, path: string, body: object): Promise<void> {
  if ((await readOrNull(api, path)) === null) await api(`PUT ${path}`, body);
}

/** Whether the root token opens the installation: it does not where somebody else started it first. */
export async function isOurs(api: Api): Promise<boolean> {
  try {
    await api("GET auth/token/lookup-self");
    return true;
  } catch (error) {
    if (error instanceof ApiRefused && error.status === 403) return false;
    throw error;
  }
}
