import { describe, expect, test } from "vitest";
import { changeRole, type RoleInput } from "@/lib/engine/approle/change-role";
import { blankRole, roleData } from "@/lib/engine/approle/role";

const MONTH_SECONDS = 768 * 3600;
const role = blankRole("r", "6a1f8b9c-id");

const change = (input: RoleInput, stored = role) => changeRole(stored, input, MONTH_SECONDS);

test("C254 an empty role has the defaults", () => {
  expect(roleData(change({}).role)).toEqual({
    bind_secret_id: true,
    local_secret_ids: false,
    secret_id_bound_cidrs: null,
    secret_id_num_uses: 0,
    secret_id_ttl: 0,
    token_bound_cidrs: [],
    token_explicit_max_ttl: 0,
    token_max_ttl: 0,
    token_no_default_policy: false,
    token_num_uses: 0,
    token_period: 0,
    token_policies: [],
    token_ttl: 0,
    token_type: "default",
  });
});

describe("refusals", () => {
  const cases: [title: string, input: RoleInput, text: string][] = [
    [
      "C262 a role without secret id and without address",
      { bindSecretId: false },
      "at least one constraint should be enabled on the role",
    ],
    [
      "a block that is none",
      { secretIdCidrs: ["x"] },
      "failed to validate CIDR blocks: invalid CIDR address: x",
    ],
    [
      "a bare address as block",
      { secretIdCidrs: ["10.0.0.1"] },
      "failed to validate CIDR blocks: invalid CIDR address: 10.0.0.1",
    ],
    [
      "C273 a TTL above its maximum",
      { token_ttl: 7200, token_max_ttl: 3600 },
      "'token_ttl' cannot be greater than 'token_max_ttl'",
    ],
    [
      "a period above the mount's maximum, by its old name",
      { periodSeconds: 9000 * 3600 },
      'period of "9000h0m0s" is greater than the backend\'s maximum lease TTL of "768h0m0s"',
    ],
    [
      "C274 a batch role that counts uses",
      { token_type: "batch", token_num_uses: 2 },
      "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count",
    ],
    ["C278 negative uses", { secretIdNumUses: -1 }, "secret_id_num_uses cannot be negative"],
    [
      "an empty role id",
      { roleId: "" },
      "invalid role_id supplied, or failed to generate a role_id",
    ],
  ];

  test.each(cases)("%s", (_title, input, text) => {
    expect(() => change(input)).toThrow(
      expect.objectContaining({ kind: "invalid_request", message: text }),
    );
  });
});

test("a role bound by address needs no secret id", () => {
  expect(change({ bindSecretId: false, token_bound_cidrs: ["127.0.0.1/32"] }).role).toMatchObject({
    bindSecretId: false,
  });
});

test("a maximum TTL above the mount's is stored with a warning, a period without", () => {
  const warning =
    "token_max_ttl is greater than the backend mount's maximum TTL value; issued tokens' max TTL value will be truncated";

  expect(change({ token_max_ttl: 9000 * 3600 }).warnings).toEqual([warning]);
  expect(change({ token_period: 9000 * 3600 }).warnings).toEqual([]);
});

test.each([
  ["default-service", "service"],
  ["default-batch", "batch"],
])("the token type %s is stored as %s, with a warning", (type, stored) => {
  const { role: changed, warnings } = change({ token_type: type });

  expect(changed.parameters.type).toBe(stored);
  expect(warnings).toEqual([`${type} has no useful meaning; adjusting to ${stored}`]);
});

test("policies set by their old name read back by both, until the new name is used", () => {
  const { role: legacy } = change({ policies: ["legacy"] });
  expect(roleData(legacy)).toMatchObject({ policies: ["legacy"], token_policies: ["legacy"] });

  const { role: kept } = change({ secretIdNumUses: 1 }, legacy);
  expect(roleData(kept)).toMatchObject({ policies: ["legacy"] });

  const { role: renamed } = change({ token_policies: ["p"] }, kept);
  expect(roleData(renamed)).toMatchObject({ token_policies: ["p"] });
  expect(roleData(renamed)).not.toHaveProperty("policies");
});
