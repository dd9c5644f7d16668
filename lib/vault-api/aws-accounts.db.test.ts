import { afterAll, beforeAll, expect, test } from "vitest";
import { dataOf, errorOf, newWorld, type World } from "@/lib/testing/world";

const ACCOUNT = "222222222222";
const READER = `arn:aws:iam::${ACCOUNT}:role/leasehold/reader`;
let world: World;

beforeAll(async () => {
  world = await newWorld();
  await world.ask("POST sys/mounts/aws", { type: "aws" });
});

afterAll(() => world.close());

test("an account's reader and revoker are kept apart, and listed", async () => {
  const at = `aws/config/accounts/${ACCOUNT}`;
  expect((await world.ask(`PUT ${at}`, { reader_role_arn: READER })).status).toBe(204);
  await world.ask(`PUT ${at}`, { revoker_external_id: "x" });
  expect(dataOf(await world.ask(`GET ${at}`))).toEqual({
    reader_role_arn: READER,
    reader_external_id: "",
    revoker_role_arn: "",
    revoker_external_id: "x",
  });
  expect(dataOf(await world.ask("LIST aws/config/accounts/"))).toEqual({ keys: [ACCOUNT] });
  expect((await world.ask(`DELETE ${at}`)).status).toBe(204);
  expect((await world.ask(`GET ${at}`)).status).toBe(404);
});

test("what is no role of that account is refused", async () => {
  for (const [account, arn, text] of [
    ["12", READER, "an AWS account id has 12 digits"],
    ["333333333333", READER, "reader_role_arn must be a role of account 333333333333"],
    [ACCOUNT, "arn:aws:iam::222222222222:user/x", "reader_role_arn must be the ARN of an IAM role"],
    [ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/*`, "reader_role_arn must be the ARN of an IAM role"],
  ] as const) {
    const said = await world.ask(`PUT aws/config/accounts/${account}`, { reader_role_arn: arn });
    expect([said.status, errorOf(said)]).toEqual([400, text]);
  }
});
