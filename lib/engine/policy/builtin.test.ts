import { expect, test } from "vitest";
import {
  DEFAULT_POLICY_TEXT,
  internalPolicy,
  internalPolicyText,
  isHiddenPolicy,
  refusePolicyDeletion,
  refusePolicyWrite,
} from "@/lib/engine/policy/builtin";
import { capabilitiesOf } from "@/lib/engine/policy/capabilities";
import { capabilityNames } from "@/lib/engine/policy/capability";
import { compileAcl } from "@/lib/engine/policy/compile";
import { parsePolicy } from "@/lib/engine/policy/parse";

test("C129 the policy of wrapping tokens has Vault's text", () => {
  expect(internalPolicyText("response-wrapping")).toBe(
    '\npath "cubbyhole/response" {\n    capabilities = ["create", "read"]\n}\n\npath "sys/wrapping/unwrap" {\n    capabilities = ["update"]\n}\n',
  );
  expect(internalPolicyText("root")).toBe("");
  expect(internalPolicyText("default")).toBeNull();
  expect(
    ["root", "response-wrapping", "control-group", "default", "x"].filter(isHiddenPolicy),
  ).toEqual(["root", "response-wrapping", "control-group"]);
});

test("a wrapping token may read its answer and unwrap it, and nothing else", () => {
  const acl = compileAcl([internalPolicy("response-wrapping")!], null);

  expect(capabilitiesOf(acl, "cubbyhole/response")).toEqual(["create", "read"]);
  expect(capabilitiesOf(acl, "sys/wrapping/unwrap")).toEqual(["update"]);
  expect(acl.rules).toHaveLength(2);
});

test.each(["root", "response-wrapping", "control-group"])("C130 %s is not changed", (name) => {
  expect(() => refusePolicyWrite(name)).toThrow(`cannot update "${name}" policy`);
  expect(() => refusePolicyDeletion(name)).toThrow(`cannot delete "${name}" policy`);
});

test("C131 default is not deleted, but may be changed", () => {
  expect(() => refusePolicyDeletion("default")).toThrow("cannot delete default policy");
  expect(() => refusePolicyWrite("default")).not.toThrow();
  expect(() => refusePolicyDeletion("x")).not.toThrow();
});

test("C131b the grants of the default policy, and no others", () => {
  const update = ["update"];
  const granted = parsePolicy("default", DEFAULT_POLICY_TEXT).blocks.map(
    ({ path, capabilities }) => [path, capabilityNames(capabilities)] as const,
  );

  expect(Object.fromEntries(granted)).toEqual({
    "auth/token/lookup-self": ["read"],
    "auth/token/renew-self": update,
    "auth/token/revoke-self": update,
    "sys/capabilities-self": update,
    "identity/entity/id/{{identity.entity.id}}": ["read"],
    "identity/entity/name/{{identity.entity.name}}": ["read"],
    "sys/internal/ui/resultant-acl": ["read"],
    "sys/renew": update,
    "sys/leases/renew": update,
    "sys/leases/lookup": update,
    "cubbyhole/*": ["create", "delete", "list", "read", "update"],
    "sys/wrapping/wrap": update,
    "sys/wrapping/lookup": update,
    "sys/wrapping/unwrap": update,
    "sys/tools/hash": update,
    "sys/tools/hash/*": update,
    "sys/control-group/request": update,
    "identity/oidc/provider/+/authorize": ["read", "update"],
  });
  // Clients and guides find the blocks in Vault's order.
  expect(DEFAULT_POLICY_TEXT).toMatch(
    /path "auth\/token\/lookup-self".*path "auth\/token\/renew-self".*path "auth\/token\/revoke-self".*path "sys\/capabilities-self".*path "sys\/internal\/ui\/resultant-acl".*path "sys\/renew".*path "sys\/leases\/renew".*path "sys\/leases\/lookup".*path "cubbyhole\/\*".*path "sys\/wrapping\/wrap".*path "sys\/wrapping\/lookup".*path "sys\/wrapping\/unwrap".*path "sys\/tools\/hash"/s,
  );
});
