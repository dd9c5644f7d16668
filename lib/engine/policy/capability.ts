/** In the order of their names, which is the order they are shown in. */
export const CAPABILITIES = [
  "create",
  "delete",
  "deny",
  "list",
  "patch",
  "read",
  "recover",
  "subscribe",
  "sudo",
  "update",
] as const;

/**
 * What a path block may grant. `recover` and `subscribe` are Vault's and guard nothing here.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities
 */
export type Capability = (typeof CAPABILITIES)[number];

/** Each capability as one bit, so that blocks are joined and asked in one step. */
export const BIT: Readonly<Record<Capability, number>> = {
  create: 1,
  delete: 2,
  deny: 4,
  list: 8,
  patch: 16,
  read: 32,
  recover: 64,
  subscribe: 128,
  sudo: 256,
  update: 512,
};

/** The bit of a capability's name; null: there is no such capability. Letter case counts. */
export function capabilityBit(name: string): number | null {
  const known = CAPABILITIES.find((capability) => capability === name);
  return known === undefined ? null : BIT[known];
}

/** The names behind `bits`, sorted; `["deny"]` when nothing is granted. */
export function capabilityNames(bits: number): Capability[] {
  if ((bits & BIT.deny) !== 0 || bits === 0) return ["deny"];
  return CAPABILITIES.filter((capability) => (bits & BIT[capability]) !== 0);
}

const READ = BIT.read | BIT.list;
const WRITE = READ | BIT.create | BIT.update | BIT.delete;

/** The words of `policy = "…"`, which came before capabilities. */
export const LEGACY_POLICIES: ReadonlyMap<string, number> = new Map([
  ["deny", BIT.deny],
  ["read", READ],
  ["write", WRITE],
  ["sudo", WRITE | BIT.sudo],
]);
