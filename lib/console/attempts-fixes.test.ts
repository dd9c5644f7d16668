import { expect, test } from "vitest";
import { attemptIdIn, isRecreated } from "@/lib/console/attempts";
import { type Failed, fixesFor } from "@/lib/console/attempts-fixes";

const APP = "arn:aws:iam::111122223333:role/app";
const OTHER = "arn:aws:iam::111122223333:role/other";

function failed(step: string, cause: string, facts: Failed["facts"] = {}): Failed {
  return {
    ...{ step, cause, facts },
    ...{ mountPath: "auth/aws/", role: "ci", clientAddress: "10.1.2.3" },
  };
}

test("a client that signs for another server is shown the login with the right Server-ID", () => {
  const facts = { expectedServerId: "vault.example.com" };
  const { client } = fixesFor(failed("server_id", "different", facts));

  expect(client[0]).toContain("vault login -method=aws");
  expect(client[0]).toContain("role=ci");
  expect(client[0]).toContain("header_value=vault.example.com");
});

test("a region is taken from the endpoint that refused it", () => {
  const facts = { endpoint: "https://sts.eu-west-1.amazonaws.com", region: "us-east-1" };
  const { client, admin } = fixesFor(failed("sts", "region", facts));

  expect(client[0]).toContain("region=eu-west-1");
  expect(admin).toEqual(["vault write auth/aws/config/client use_sts_region_from_client=true"]);
});

test.each([
  ["another principal is added", "other_principal", [OTHER], `${OTHER},${APP}`],
  ["the same principals are bound again", "recreated", [APP, OTHER], `${APP},${OTHER}`],
  [
    "what never matches is replaced",
    "policy_bound",
    ["arn:aws:iam::111122223333:policy/app", OTHER],
    `${OTHER},${APP}`,
  ],
])("%s in the whole list", (_title, cause, boundArns, written) => {
  const { admin } = fixesFor(failed("principal", cause, { boundArns, canonicalArn: APP }));

  expect(admin).toEqual([`vault write auth/aws/role/ci bound_iam_principal_arn=${written}`]);
});

test("a list that is not known in full is not written", () => {
  const facts = { boundArns: [OTHER], moreBoundArns: 3, canonicalArn: APP };

  expect(fixesFor(failed("principal", "other_principal", facts)).admin).toEqual([]);
});

test("the client's address joins the role's networks", () => {
  expect(fixesFor(failed("network", "", { boundCidrs: ["192.0.2.0/24"] })).admin).toEqual([
    "vault write auth/aws/role/ci token_bound_cidrs=192.0.2.0/24,10.1.2.3/32",
  ]);
});

test("there is no command for what none mends", () => {
  expect(fixesFor(failed("freeze", ""))).toEqual({ client: [], admin: [] });
});

test("an attempt's id is found in what a client was told", () => {
  const id = "76276545-5d99-49f2-a2ed-93b0d8036afd";

  expect(attemptIdIn(`< X-Leasehold-Login-Attempt: ${id.toUpperCase()}\r\n`)).toBe(id);
  expect(attemptIdIn("permission denied")).toBeNull();
});

test("a role stands for a principal that is gone until the new one is bound", () => {
  const logins = {
    ...{ role: "ci", last_passed_at: null, refused: 1 },
    ...{ recreated_at: "2026-11-24T15:40:00.000Z", recreated_id: "AROANEW" },
  };

  expect(isRecreated(logins, ["AROAOLD"])).toBe(true);
  expect(isRecreated(logins, ["AROANEW"])).toBe(false);
  expect(isRecreated(undefined, [])).toBe(false);
});
