import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countAnswers, sampleLeases } from "@/lib/postgres/overview-counts";
import { draw, enableAwsMounts, tokenWith } from "@/lib/testing/aws-secrets-mounts";
import { dataOf, newWorld, type World } from "@/lib/testing/world";

let world: World;
let operator: string;

beforeAll(async () => {
  world = await newWorld();
  await world.ask("POST sys/auth/aws", { type: "aws" });
  await enableAwsMounts(world, ["aws", "team"]);
  operator = await tokenWith(
    world,
    "operator",
    `path "sys/leasehold/overview" { capabilities = ["read"] }
     path "+/roles/*" { capabilities = ["read"] }
     path "auth/+/role/*" { capabilities = ["read"] }`,
  );
});

afterAll(() => world.close());

type Row = Record<string, unknown>;
type Bar = { at: string; counts: Record<string, number> };

async function overview(token = operator): Promise<Row> {
  const said = await world.ask("GET sys/leasehold/overview", undefined, token);
  expect(said.status).toBe(200);
  return dataOf(said);
}

async function trend(name: string, token = operator): Promise<Record<string, number>> {
  const { [name]: bars } = (await overview(token))["trend"] as Record<string, Bar[]>;
  const sums: Record<string, number> = {};
  for (const { counts } of bars ?? []) {
    for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

async function catchUp(): Promise<void> {
  while (await countAnswers(world.pool));
}

describe("the overview", () => {
  test("counts live leases by type, and samples of them over the day", async () => {
    await draw(world, "aws/creds/build");
    await draw(world, "team/creds/build");
    await sampleLeases(world.pool);
    await sampleLeases(world.pool);

    const { leases } = await overview();
    expect(leases).toMatchObject({ total: 2, by_type: { iam_user: 2 } });
    expect(await trend("leases")).toMatchObject({ iam_user: 2 });
    expect(await world.countRows("lease_sample", "kind = ''")).toBe(1);
  });

  test("counts answers to logins and to requests for credentials once, however often it counts", async () => {
    await world.ask("PUT auth/aws/login", { role: "none" }, "");
    await world.ask("GET aws/creds/none");
    await world.ask("GET aws/creds/build", undefined, operator);

    await catchUp();
    await catchUp();

    expect(await trend("logins")).toEqual({ refused: 1 });
    expect(await trend("issues")).toEqual({ success: 2, refused: 1, denied: 1 });
  });

  test("tells of the mounts that the caller's policies reach, and is for those whose policies say so", async () => {
    const limited = await tokenWith(
      world,
      "limited",
      `path "sys/leasehold/overview" { capabilities = ["read"] }
       path "team/roles/*" { capabilities = ["read"] }`,
    );
    const { leases, paths, first_steps: steps } = await overview(limited);
    expect(paths).toEqual({ logins: [], issues: ["team/creds/", "team/sts/"] });
    expect(leases).toMatchObject({ total: 1 });
    expect(steps).toMatchObject({ auth_mount: null, secrets_mount: { path: "team/" } });
    expect(await trend("issues", limited)).toEqual({ success: 1 });

    const blind = await tokenWith(world, "blind", `path "aws/*" { capabilities = ["read"] }`);
    expect((await world.ask("GET sys/leasehold/overview", undefined, blind)).status).toBe(403);
  });

  test("tells how far a new installation has come", async () => {
    expect((await overview())["first_steps"]).toMatchObject({
      auth_mount: { path: "auth/aws/" },
      secrets_mount: { path: "aws/" },
      auth_role: null,
      secrets_role: { path: "aws/", name: "app" },
      has_login: false,
      has_lease: true,
    });
    await world.ask("POST auth/aws/role/ci", {
      bound_iam_principal_arn: "arn:aws:iam::111122223333:role/ci",
      resolve_aws_unique_ids: false,
    });
    expect((await overview())["first_steps"]).toMatchObject({
      auth_role: { path: "auth/aws/", name: "ci" },
    });
  });
});
