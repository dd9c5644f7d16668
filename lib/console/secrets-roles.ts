import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import type { AwsMount } from "@/lib/console/secrets-mounts";

/** What a role may hand out. */
export const CREDENTIAL_TYPES = [
  "assumed_role",
  "iam_user",
  "federation_token",
  "session_token",
] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

const Texts = z
  .array(z.string())
  .nullable()
  .transform((texts) => texts ?? []);
const TextMap = z
  .record(z.string(), z.string())
  .nullable()
  .transform((map) => map ?? {});

/** A role as the API tells it; lists that were never set are empty. */
export const SecretsRole = z.object({
  /** Old roles may name two types, separated by a comma, or none that is known. */
  credential_type: z.string(),
  role_arns: Texts,
  policy_arns: Texts,
  policy_document: z.string(),
  iam_groups: Texts,
  iam_tags: TextMap,
  session_tags: TextMap,
  external_id: z.string(),
  default_sts_ttl: z.number(),
  max_sts_ttl: z.number(),
  user_path: z.string(),
  permissions_boundary_arn: z.string(),
  mfa_serial_number: z.string(),
});
export type SecretsRole = z.infer<typeof SecretsRole>;

export const EMPTY_ROLE: SecretsRole = {
  credential_type: "assumed_role",
  role_arns: [],
  policy_arns: [],
  policy_document: "",
  iam_groups: [],
  iam_tags: {},
  session_tags: {},
  external_id: "",
  default_sts_ttl: 0,
  max_sts_ttl: 0,
  user_path: "",
  permissions_boundary_arn: "",
  mfa_serial_number: "",
};

type RoleField = Exclude<keyof SecretsRole, "credential_type">;

/** What each type of credential can be made with; the API refuses the rest. */
export const FIELDS_OF_TYPE: Readonly<Record<CredentialType, readonly RoleField[]>> = {
  assumed_role: [
    "role_arns",
    "external_id",
    "session_tags",
    "policy_arns",
    "policy_document",
    "iam_groups",
    "default_sts_ttl",
    "max_sts_ttl",
  ],
  iam_user: [
    "policy_arns",
    "policy_document",
    "iam_groups",
    "iam_tags",
    "user_path",
    "permissions_boundary_arn",
  ],
  federation_token: [
    "policy_arns",
    "policy_document",
    "iam_groups",
    "default_sts_ttl",
    "max_sts_ttl",
  ],
  session_token: ["mfa_serial_number", "default_sts_ttl", "max_sts_ttl"],
};

/** The type that a role's text names; null: none or two, as only old roles do. */
export function credentialTypeOf({ credential_type }: Pick<SecretsRole, "credential_type">) {
  return CREDENTIAL_TYPES.find((type) => type === credential_type) ?? null;
}

/** What a write of the role sends: what is set, and with `all` also what its type does not have, emptied. */
export function roleBody(role: SecretsRole, all: boolean): Record<string, unknown> {
  const type = credentialTypeOf(role);
  const own: readonly string[] = type === null ? [] : FIELDS_OF_TYPE[type];
  const fields = Object.entries(role)
    .filter(([name]) => name !== "credential_type")
    .map(([name, value]) => [name, own.includes(name) ? value : emptied(value)] as const)
    .filter(([, value]) => all || !isEmpty(value));
  return { credential_type: role.credential_type, ...Object.fromEntries(fields) };
}

type FieldValue = SecretsRole[keyof SecretsRole];

function emptied(value: FieldValue): FieldValue {
  if (Array.isArray(value)) return [];
  if (typeof value === "object") return {};
  return typeof value === "number" ? 0 : "";
}

function isEmpty(value: FieldValue): boolean {
  if (typeof value === "object") return Object.keys(value).length === 0;
  return value === 0 || value === "";
}

/** Names of roles, as the API lists them. */
export function listRoleNames(operator: Operator, mount: AwsMount): Promise<Read<string[]>> {
  const Keys = z.object({ keys: z.array(z.string()) }).transform(({ keys }) => keys);
  return operator.list(Keys, `${mount.path}roles/`);
}

export function readRole(
  operator: Operator,
  mount: AwsMount,
  name: string,
): Promise<Read<SecretsRole>> {
  return operator.read(SecretsRole, `${mount.path}roles/${name}`);
}

/** The resources' addresses in the console. */
export const secretsHref = {
  mounts: "/secrets",
  mount: (accessor: string) => `/secrets/${accessor}`,
  root: (accessor: string) => `/secrets/${accessor}/root`,
  roles: (accessor: string) => `/secrets/${accessor}/roles`,
  newRole: (accessor: string, from?: string) =>
    `/secrets/${accessor}/roles/new${from === undefined ? "" : `?from=${encodeURIComponent(from)}`}`,
  // `roles/new` is the form of a new role; a role of that name is shown by its own form.
  role: (accessor: string, name: string) =>
    `/secrets/${accessor}/roles/${encodeURIComponent(name)}${name === "new" ? "/edit" : ""}`,
  editRole: (accessor: string, name: string) =>
    `/secrets/${accessor}/roles/${encodeURIComponent(name)}/edit`,
  issue: (accessor: string, name: string) =>
    `/secrets/${accessor}/roles/${encodeURIComponent(name)}/issue`,
};
