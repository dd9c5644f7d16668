import type { FirstSteps } from "@/lib/console/overview";

/** One step from an empty installation to its first credential. */
export type FirstStep = {
  id: "account" | "auth-role" | "secrets-role" | "login" | "lease";
  title: string;
  text: string;
  isDone: boolean;
  /** Where the console does it; null: only a client can, or an earlier step comes first. */
  action: { text: string; href: string } | null;
  snippet: string;
};

/** Whether a step is missing between an empty installation and its first credential. */
export function isFirstRun(steps: FirstSteps): boolean {
  return firstStepsOf(steps, "").some(({ isDone }) => !isDone);
}

/** What commands are filled in with. */
type Names = {
  vaultAt: string;
  authPath: string;
  secretsPath: string;
  authRole: string;
  secretsRole: string;
};

/**
 * The steps in their order, with commands that work here.
 *
 * @param address of this installation, as the browser knows it.
 */
export function firstStepsOf(steps: FirstSteps, address: string): FirstStep[] {
  const names: Names = {
    vaultAt: `export VAULT_ADDR=${address}`,
    authPath: steps.auth_mount?.path ?? "auth/aws/",
    secretsPath: steps.secrets_mount?.path ?? "aws/",
    authRole: steps.auth_role?.name ?? "app",
    secretsRole: steps.secrets_role?.name ?? "app",
  };
  return [
    accountStep(steps, names),
    authRoleStep(steps, names),
    secretsRoleStep(steps, names),
    loginStep(steps, names),
    leaseStep(steps, names),
  ];
}

function accountStep({ auth_mount: auth, secrets_mount: secrets }: FirstSteps, names: Names) {
  return {
    id: "account",
    title: "Connect an AWS account",
    text: "An AWS auth mount says whom this account vouches for; an AWS secrets mount issues its credentials. Without a root key they use those of the host.",
    isDone: auth !== null && secrets !== null,
    action:
      auth === null
        ? { text: "Enable an AWS auth mount", href: "/auth" }
        : { text: "Enable an AWS secrets mount", href: "/secrets" },
    snippet: lines(
      names.vaultAt,
      ...(auth === null ? ["vault auth enable aws"] : []),
      ...(secrets === null ? ["vault secrets enable aws"] : []),
      `vault write ${names.secretsPath}config/root access_key=AKIA… secret_key=… region=us-east-1`,
    ),
  } as const satisfies FirstStep;
}

function authRoleStep({ auth_mount: auth, auth_role: role }: FirstSteps, names: Names) {
  const { authPath, authRole, secretsPath, secretsRole } = names;
  return {
    id: "auth-role",
    title: "Write an auth role",
    text: "It binds AWS principals to policies: who may log in, and what that lets them do.",
    isDone: role !== null,
    action: auth && { text: "Write an auth role", href: `/auth/${auth.accessor}/roles/new` },
    snippet: lines(
      names.vaultAt,
      `vault policy write ${secretsRole} - <<'EOF'`,
      `path "${secretsPath}creds/${secretsRole}" { capabilities = ["read"] }`,
      "EOF",
      `vault write ${authPath}role/${authRole} auth_type=iam \\`,
      `  bound_iam_principal_arn=arn:aws:iam::111122223333:role/${authRole} token_policies=${secretsRole}`,
    ),
  } as const satisfies FirstStep;
}

function secretsRoleStep({ secrets_mount: secrets, secrets_role: role }: FirstSteps, names: Names) {
  const { secretsPath, secretsRole } = names;
  return {
    id: "secrets-role",
    title: "Write a secrets role",
    text: "It says which credentials are issued, and for how long.",
    isDone: role !== null,
    action: secrets && {
      text: "Write a secrets role",
      href: `/secrets/${secrets.accessor}/roles/new`,
    },
    snippet: lines(
      names.vaultAt,
      `vault write ${secretsPath}roles/${secretsRole} credential_type=assumed_role \\`,
      `  role_arns=arn:aws:iam::111122223333:role/${secretsRole} default_sts_ttl=15m`,
    ),
  } as const satisfies FirstStep;
}

function loginStep({ auth_mount: auth, has_login: isDone }: FirstSteps, names: Names) {
  const { authPath, authRole } = names;
  return {
    id: "login",
    title: "Log a workload in",
    text: "Run this where the bound AWS identity is at hand: on its instance, in its task, or with its profile.",
    isDone,
    action: auth && { text: "See how other clients log in", href: `/auth/${auth.accessor}` },
    snippet: lines(
      names.vaultAt,
      `vault login -method=aws ${mountArgument(authPath)}role=${authRole}`,
    ),
  } as const satisfies FirstStep;
}

function leaseStep({ secrets_role: role, has_lease: isDone }: FirstSteps, names: Names) {
  const { secretsPath, secretsRole } = names;
  return {
    id: "lease",
    title: "Draw the first credential",
    text: "It comes under a lease that ends, renews and revokes.",
    isDone,
    action: role && {
      text: "Issue one here",
      href: `/secrets/${role.accessor}/roles/${encodeURIComponent(role.name)}/issue`,
    },
    snippet: lines(names.vaultAt, `vault read ${role?.path ?? secretsPath}creds/${secretsRole}`),
  } as const satisfies FirstStep;
}

function lines(...all: string[]): string {
  return all.join("\n");
}

function mountArgument(authPath: string): string {
  const mount = authPath.replace(/^auth\//, "").replace(/\/$/, "");
  return mount === "aws" ? "" : `-path=${mount} `;
}
