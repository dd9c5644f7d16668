/** One argument of a resource; undefined and empty ones are left out. */
export type HclValue = string | number | boolean | readonly string[] | undefined;

/** A resource of Terraform, its arguments aligned as `terraform fmt` does. */
export function terraformResource(
  type: string,
  name: string,
  values: Readonly<Record<string, HclValue>>,
): string {
  const set = Object.entries(values).filter(([, value]) => isSet(value));
  const width = Math.max(0, ...set.map(([key]) => key.length));
  const lines = set.map(([key, value]) => `  ${key.padEnd(width)} = ${hcl(value)}`);
  return [`resource "${type}" "${terraformName(name)}" {`, ...lines, "}"].join("\n");
}

/** A name that Terraform takes: letters, digits and `_`, not a digit first. */
function terraformName(name: string): string {
  const plain = name.replace(/\W+/g, "_").replace(/^_+|_+$/g, "");
  if (plain === "") return "this";
  return /^\d/.test(plain) ? `_${plain}` : plain;
}

function isSet(value: HclValue): boolean {
  return value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function hcl(value: HclValue): string {
  if (Array.isArray(value)) return `[${value.map((text) => hclText(String(text))).join(", ")}]`;
  return typeof value === "string" ? hclText(value) : String(value);
}

/** `${` and `%{` would begin a template. */
export function hclText(text: string): string {
  return JSON.stringify(text).replaceAll("${", "$${").replaceAll("%{", "%%{");
}
