/** What a page shows or does, in terms of the API. */
export type CodeOf = {
  operation: "read" | "list" | "write" | "delete";
  /** Without `/v1/`. */
  path: string;
  data?: Readonly<Record<string, unknown>>;
  /** A resource of the Terraform provider that says it better than the generic one. */
  terraform?: string;
};

/** One API call as `vault` command, as curl and as Terraform; addresses and tokens as variables. */
export function asCode(of: CodeOf): { vault: string; curl: string; terraform: string } {
  return { vault: vaultCommand(of), curl: curl(of), terraform: of.terraform ?? terraform(of) };
}

function vaultCommand({ operation, path, data = {} }: CodeOf): string {
  const values = Object.entries(data);
  if (operation !== "write" || values.every(([, value]) => isPlain(value))) {
    const args = values.map(([name, value]) => `${name}=${quote(String(value))}`);
    return ["vault", operation, quote(path), ...args].join(" ");
  }
  return `vault write ${quote(path)} - <<'EOF'\n${JSON.stringify(data, null, 2)}\nEOF`;
}

const METHODS = { read: "GET", list: "LIST", write: "POST", delete: "DELETE" } as const;

function curl({ operation, path, data = {} }: CodeOf): string {
  const query =
    operation === "read" && Object.keys(data).length > 0
      ? `?${new URLSearchParams(
          Object.entries(data).map(([name, value]) => [name, String(value)]),
        ).toString()}`
      : "";
  return [
    "curl",
    ...(operation === "read" ? [] : [`--request ${METHODS[operation]}`]),
    '--header "X-Vault-Token: $VAULT_TOKEN"',
    ...(operation === "write" ? [`--data ${quote(JSON.stringify(data))}`] : []),
    `"$VAULT_ADDR/v1/${encodeURI(path)}${query}"`,
  ].join(" \\\n  ");
}

/** @see https://registry.terraform.io/providers/hashicorp/vault/latest/docs/resources/generic_endpoint */
function terraform({ operation, path, data = {} }: CodeOf): string {
  const name = path.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "") || "this";
  if (operation === "read" || operation === "list") {
    return `data "vault_generic_secret" "${name}" {\n  path = ${JSON.stringify(path)}\n}`;
  }
  const body = JSON.stringify(data, null, 2).replaceAll("\n", "\n  ");
  return [
    `resource "vault_generic_endpoint" "${name}" {`,
    `  path                 = ${JSON.stringify(path)}`,
    "  ignore_absent_fields = true",
    `  data_json = jsonencode(${body})`,
    "}",
  ].join("\n");
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
