import { CreateLoginProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { z } from "zod";
import { FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";
import { type Api, apiAt, ApiRefused, readOrNull } from "@/lib/demo/api";
import type { OperatorName } from "@/lib/demo/notes";

const REGION = "us-east-1";
const TERRAFORM_POLICY = `# The pipeline that writes secrets roles.
path "aws/roles/*" { capabilities = ["create", "read", "update"] }
`;
/** Leases that the job of the demo ends. */
const JOB_LEASES = ["aws/creds/app-readonly", "aws/creds/app-deploy", "aws/creds/build-user"];

export type LifeOptions = {
  url: string;
  /** Of the root token. */
  api: Api;
  simulatorUrl: string;
  passwords: Readonly<Record<OperatorName, string>>;
};

const Login = z.object({ auth: z.object({ client_token: z.string() }) });
const Drawn = z.object({ lease_id: z.string() });
const Lease = z.object({ data: z.object({ user_name: z.string() }) });

/**
 * Goes through a morning of operators, so that every page has something to show before the fleet has
 * made it: changes by several of them, refused logins, a finished job, a revocation that AWS refuses,
 * views that are kept. A second start finds it done.
 */
export async function liveThrough(options: LifeOptions): Promise<void> {
  const { api } = options;
  if ((await readOrNull(api, "sys/policies/acl/terraform")) !== null) return;
  await api("PUT sys/policies/acl/terraform", { policy: TERRAFORM_POLICY });
  const [admin, oncall, auditor] = await Promise.all([
    signIn(options, "admin"),
    signIn(options, "oncall"),
    signIn(options, "auditor"),
  ]);
  await changeConfiguration(options, admin);
  await refuseLogins(options);
  await keepViews(oncall, auditor);
  await endByJob(admin, oncall);
  await blockRevocation(options, admin);
}

async function signIn({ url, passwords }: LifeOptions, name: OperatorName): Promise<Api> {
  const password = passwords[name];
  const said = await apiAt(url)(`PUT auth/userpass/login/${name}`, { password });
  return apiAt(url, Login.parse(said).auth.client_token);
}

const RoleId = z.object({ data: z.object({ role_id: z.string() }) });
const SecretId = z.object({ data: z.object({ secret_id: z.string() }) });

/** An admin changes what is there, and a pipeline writes a role of its own. */
async function changeConfiguration({ url }: LifeOptions, admin: Api): Promise<void> {
  await admin("PUT aws/config/lease", { lease: "2m", lease_max: "20m" });
  await admin("POST sys/auth/approle", { type: "approle", description: "pipelines" });
  await admin("PUT auth/approle/role/terraform", { token_policies: "terraform", token_ttl: "20m" });
  const { data: role } = RoleId.parse(await admin("GET auth/approle/role/terraform/role-id"));
  const { data: secret } = SecretId.parse(
    await admin("PUT auth/approle/role/terraform/secret-id", {}),
  );
  const login = await apiAt(url)("PUT auth/approle/login", { ...role, ...secret });
  const pipeline = apiAt(url, Login.parse(login).auth.client_token);
  await pipeline("PUT aws/roles/app-audit", {
    credential_type: "assumed_role",
    role_arns: ["arn:aws:iam::111122223333:role/app-readonly"],
    default_sts_ttl: "15m",
  });
}

/** Of each kind one or two; those of signed requests are the fleet's. */
async function refuseLogins({ url }: LifeOptions): Promise<void> {
  const nobody = apiAt(url);
  for (const [request, body] of [
    ["PUT auth/userpass/login/oncall", { password: "not-it" }],
    ["PUT auth/userpass/login/oncall", { password: "nor-that" }],
    ["PUT auth/userpass/login/former-colleague", { password: "forgotten" }],
    ["PUT auth/approle/login", { role_id: "of-a-role-that-is-gone", secret_id: "x" }],
    ["PUT auth/aws/login", { role: "ci-runner" }],
  ] as const) {
    await refused(nobody(request, body));
  }
}

async function refused(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof ApiRefused)) throw error;
  }
}

async function keepViews(oncall: Api, auditor: Api): Promise<void> {
  await oncall("POST sys/leasehold/views", {
    page: "leases",
    name: "Stuck revocations",
    query: "state=irrevocable",
    shared: true,
  });
  await auditor("POST sys/leasehold/views", {
    page: "audit",
    name: "Refused logins",
    query: "path=auth%2F&operation=update&outcome=denied&outcome=refused&outcome=failed",
    shared: true,
  });
}

async function endByJob(admin: Api, oncall: Api): Promise<void> {
  const ids: string[] = [];
  for (const path of JOB_LEASES) ids.push(Drawn.parse(await admin(`GET ${path}`)).lease_id);
  await oncall("POST sys/leasehold/jobs", {
    action: "revoke",
    ids,
    expected: ids.length,
    reason: "a laptop of the build team was lost",
  });
}

/**
 * Somebody gave an issued IAM user a password for AWS's console. Its access key goes at once; the user
 * itself cannot be deleted, and AWS says why.
 */
async function blockRevocation({ api, simulatorUrl }: LifeOptions, admin: Api): Promise<void> {
  const { lease_id: leaseId } = Drawn.parse(await admin("GET aws/creds/build-user"));
  const { data } = Lease.parse(await api(`GET sys/leasehold/leases/${leaseId}`));
  const iam = new IAMClient({
    endpoint: simulatorUrl,
    region: REGION,
    credentials: FLEET_KEYS.leasehold,
  });
  try {
    await iam.send(
      new CreateLoginProfileCommand({ UserName: data.user_name, Password: "Simulated-Passw0rd!" }),
    );
  } finally {
    iam.destroy();
  }
  await admin("PUT sys/leases/revoke", { lease_id: leaseId, sync: false });
}
