import nodeVault from "node-vault";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  AUTH_ROLE,
  CREDENTIALS,
  startSurroundings,
  type Surroundings,
} from "@/e2e/clients/surroundings";
import { SERVER_ID } from "@/lib/demo/configuration";
import { canListBuckets, signLogin } from "@/lib/demo/machine";

const Login = z.object({
  auth: z.object({
    client_token: z.string(),
    token_policies: z.array(z.string()),
    metadata: z.record(z.string(), z.string()),
  }),
});
const Lease = z.object({
  lease_id: z.string(),
  renewable: z.boolean(),
  lease_duration: z.number(),
});
const Drawn = Lease.extend({
  data: z.object({
    access_key: z.string(),
    secret_key: z.string(),
    security_token: z.string().nullable(),
  }),
});
const List = z.object({ data: z.object({ keys: z.array(z.string()) }) });

let surroundings: Surroundings;
let vault: nodeVault.client;
beforeAll(async () => {
  surroundings = await startSurroundings();
  vault = nodeVault({ endpoint: surroundings.leasehold.url });
});
afterAll(() => surroundings.stop());

test("A309 node-vault logs in with the signature of a machine's AWS identity", async () => {
  const form = await signLogin(surroundings.machine, SERVER_ID);

  const { auth } = Login.parse(await vault.awsIamLogin({ role: AUTH_ROLE, ...form }));

  expect(auth.token_policies).toEqual(["clients", "default"]);
  expect(auth.metadata).toMatchObject({ auth_type: "iam" });
  vault.token = auth.client_token;
});

test.each(Object.entries(CREDENTIALS))(
  "node-vault draws %s credentials that work at AWS",
  async (_kind, path) => {
    const drawn = Drawn.parse(await vault.read(path));

    expect(await canListBuckets(surroundings.simulator.url, credentialsOf(drawn))).toBe(true);
  },
);

test("node-vault lists roles with the verb LIST", async () => {
  const { data } = List.parse(await vault.list("aws/roles"));

  expect(data.keys).toEqual([
    "app-deploy",
    "app-readonly",
    "backup-session",
    "build-user",
    "ci-upload",
    "reports-user",
  ]);
});

test("node-vault renews and revokes a lease, and its IAM user works no longer", async () => {
  const drawn = Drawn.parse(await vault.read(CREDENTIALS.iam_user));

  const renewed = Lease.parse(await vault.renew({ lease_id: drawn.lease_id, increment: 300 }));
  await vault.revoke({ lease_id: drawn.lease_id });

  expect(drawn.renewable).toBe(true);
  expect(renewed).toMatchObject({ lease_id: drawn.lease_id, lease_duration: 300 });
  expect(await canListBuckets(surroundings.simulator.url, credentialsOf(drawn))).toBe(false);
});

test("node-vault looks its token up, renews it and revokes it", async () => {
  const renewed = Login.partial().parse(await vault.tokenRenewSelf({ increment: "5m" }));
  await vault.tokenLookupSelf();
  await vault.tokenRevokeSelf();

  expect(renewed.auth?.client_token).toBe(vault.token);
  await expect(vault.tokenLookupSelf()).rejects.toMatchObject({ response: { statusCode: 403 } });
});

function credentialsOf({ data }: z.infer<typeof Drawn>) {
  return {
    accessKeyId: data.access_key,
    secretAccessKey: data.secret_key,
    ...(data.security_token === null ? {} : { sessionToken: data.security_token }),
  };
}
