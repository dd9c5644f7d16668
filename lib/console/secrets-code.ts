import { asCode, type CodeOf } from "@/lib/console/as-code";
import type { AwsMount, LeaseConfig, RootConfig } from "@/lib/console/secrets-mounts";
import { roleBody, type SecretsRole } from "@/lib/console/secrets-roles";

type Code = ReturnType<typeof asCode>;

/** All mounts: how they are listed, and how one is made. */
export function mountsCode(): Code {
  return asCode({ operation: "read", path: "sys/mounts" });
}

/** @see https://registry.terraform.io/providers/hashicorp/vault/latest/docs/resources/aws_secret_backend */
export function mountCode(
  mount: AwsMount,
  root: RootConfig | null,
  lease: LeaseConfig | null,
): Code {
  const data = {
    type: "aws",
    ...(mount.description !== "" && { description: mount.description }),
    ...(mount.tunedDefaultSeconds > 0 || mount.tunedMaxSeconds > 0
      ? {
          config: {
            default_lease_ttl: String(mount.tunedDefaultSeconds),
            max_lease_ttl: String(mount.tunedMaxSeconds),
          },
        }
      : {}),
  };
  const path = bare(mount.path);
  const made = asCode({ operation: "write", path: `sys/mounts/${path}`, data });
  const leased =
    lease === null
      ? null
      : asCode({ operation: "write", path: `${path}/config/lease`, data: lease });
  return {
    vault: [made.vault, ...(leased === null ? [] : [leased.vault])].join("\n\n"),
    curl: [made.curl, ...(leased === null ? [] : [leased.curl])].join("\n\n"),
    terraform: resource("vault_aws_secret_backend", path, {
      path,
      description: mount.description,
      default_lease_ttl_seconds: mount.tunedDefaultSeconds,
      max_lease_ttl_seconds: mount.tunedMaxSeconds,
      ...(root && rootArguments(root)),
    }),
  };
}

/** `config/root`; the secret key stands as a variable, as nothing tells it. */
export function rootCode(mount: AwsMount, root: RootConfig): Code {
  const path = bare(mount.path);
  const { access_key, max_retries, ...rest } = root;
  const set = Object.entries(rest).filter(([, value]) => value.length > 0);
  const data = {
    ...(access_key !== "" && { access_key, secret_key: "$AWS_SECRET_ACCESS_KEY" }),
    ...Object.fromEntries(set),
    ...(max_retries >= 0 && { max_retries }),
  };
  return asCode({
    operation: "write",
    path: `${path}/config/root`,
    data,
    terraform: resource("vault_aws_secret_backend", path, { path, ...rootArguments(root) }),
  });
}

function rootArguments(root: RootConfig): Record<string, HclValue> {
  return {
    access_key: root.access_key,
    ...(root.access_key !== "" && { secret_key: { raw: "var.aws_secret_access_key" } }),
    region: root.region,
    iam_endpoint: root.iam_endpoint,
    sts_endpoint: root.sts_endpoint,
    sts_region: root.sts_region,
    sts_fallback_endpoints: root.sts_fallback_endpoints,
    sts_fallback_regions: root.sts_fallback_regions,
    username_template: root.username_template,
  };
}

/** @see https://registry.terraform.io/providers/hashicorp/vault/latest/docs/resources/aws_secret_backend_role */
export function roleCode(mount: AwsMount, name: string, role: SecretsRole): Code {
  const path = bare(mount.path);
  const data = roleBody(role, false);
  const { credential_type, ...fields } = data;
  return asCode({
    operation: "write",
    path: `${path}/roles/${name}`,
    data,
    terraform: resource("vault_aws_secret_backend_role", name, {
      backend: path,
      name,
      credential_type: String(credential_type),
      ...toHcl(fields),
    }),
  });
}

/** How a client draws a credential of the role. */
export function issueCode(mount: AwsMount, name: string, asked: Record<string, string>): Code {
  const path = `${bare(mount.path)}/creds/${name}`;
  const of: CodeOf = { operation: "read", path, data: asked };
  const label = JSON.stringify(bare(mount.path));
  return asCode({
    ...of,
    terraform: [
      `ephemeral "vault_aws_access_credentials" ${JSON.stringify(identifier(name))} {`,
      `  mount = ${label}`,
      `  role  = ${JSON.stringify(name)}`,
      ...(asked["ttl"] === undefined ? [] : [`  ttl   = ${JSON.stringify(asked["ttl"])}`]),
      "}",
    ].join("\n"),
  });
}

type HclValue =
  string | number | readonly string[] | Readonly<Record<string, string>> | { raw: string };

function toHcl(fields: Record<string, unknown>): Record<string, HclValue> {
  const known = Object.entries(fields).filter((field): field is [string, HclValue] =>
    isHcl(field[1]),
  );
  return Object.fromEntries(known);
}

function isHcl(value: unknown): value is HclValue {
  return (
    ["string", "number"].includes(typeof value) || (typeof value === "object" && value !== null)
  );
}

function resource(type: string, name: string, args: Record<string, HclValue>): string {
  const set = Object.entries(args).filter(([, value]) => !isEmpty(value));
  const width = Math.max(...set.map(([key]) => key.length));
  const lines = set.map(([key, value]) => `  ${key.padEnd(width)} = ${hcl(value)}`);
  return [`resource "${type}" "${identifier(name)}" {`, ...lines, "}"].join("\n");
}

function isEmpty(value: HclValue): boolean {
  if (typeof value === "object") return Object.keys(value).length === 0;
  return value === "" || value === 0;
}

function hcl(value: HclValue): string {
  if (typeof value === "string") return hclText(value);
  if (typeof value === "number") return String(value);
  if (isList(value)) return `[${value.map(hclText).join(", ")}]`;
  if ("raw" in value && typeof value.raw === "string") return value.raw;
  const pairs = Object.entries(value).map(([key, one]) => `    ${hclText(key)} = ${hclText(one)}`);
  return `{\n${pairs.join("\n")}\n  }`;
}

function isList(value: HclValue): value is readonly string[] {
  return Array.isArray(value);
}

/** `${` and `%{` begin templates in HCL; policy documents use the former themselves. */
function hclText(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, (mark) => mark + mark);
}

function identifier(name: string): string {
  const kept = name.replace(/[^A-Za-z0-9_-]+/g, "_");
  return /^[A-Za-z_]/.test(kept) ? kept : `_${kept}`;
}

function bare(path: string): string {
  return path.replace(/\/$/, "");
}
