import type { SigningKeys } from "@/lib/testing/signed-login";
import { loginFields, type SignedCall } from "@/lib/testing/signed-login";
import type { Said, World } from "@/lib/testing/world";

export const OWN = "111111111111";
export const FOREIGN = "999999999999";
const SERVER_KEY = key("AKIASERVERSERVERSERV");
export const CI_KEY = key("AKIACICICICICICICICI");
export const FOREIGN_KEY = key("AKIAFOREIGNFOREIGNFO");

export const CI_ARN = `arn:aws:iam::${OWN}:user/ci`;

const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

function key(accessKeyId: string): SigningKeys {
  return { accessKeyId, secretAccessKey: `secret of ${accessKeyId}` };
}

function trusting(account: string): unknown {
  return {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" },
  };
}

/** Two accounts with a user `ci` and a role `team/app` each; the server is a user of the first. */
export function seedTwoAccounts({ simulator }: World): void {
  const all = { inlinePolicies: { all: ALLOW_ALL } };
  simulator.seed({
    accounts: [
      {
        id: OWN,
        users: [
          { name: "server", accessKeys: [SERVER_KEY], ...all },
          { name: "ci", accessKeys: [CI_KEY], ...all },
        ],
        roles: [{ name: "app", path: "/team/", trust: trusting(OWN) }],
      },
      {
        id: FOREIGN,
        users: [{ name: "ci", accessKeys: [FOREIGN_KEY], ...all }],
        roles: [
          { name: "app", path: "/team/", trust: trusting(FOREIGN) },
          { name: "look-up", trust: trusting(OWN), ...all },
        ],
      },
    ],
  });
}

let mounts = 0;

/** A mount of its own with the server's key, and the simulator for all of AWS unless told otherwise. */
export async function newAuthMount(
  world: World,
  config: Record<string, unknown> = {},
): Promise<string> {
  mounts += 1;
  const mount = `auth/aws-${mounts}`;
  await world.ask(`POST sys/${mount}`, { type: "aws" });
  await world.ask(`PUT ${mount}/config/client`, {
    access_key: SERVER_KEY.accessKeyId,
    secret_key: SERVER_KEY.secretAccessKey,
    sts_endpoint: world.simulator.url,
    iam_endpoint: world.simulator.url,
    max_retries: 0,
    ...config,
  });
  return mount;
}

/** A login without a token, as clients send it. */
export function login(
  { ask }: Pick<World, "ask">,
  mount: string,
  fields: Record<string, unknown>,
): Promise<Said> {
  return ask(`POST ${mount}/login`, { role: "r", ...fields }, "");
}

/** A login with a call that was signed, and perhaps changed after that. */
export function loginWith(
  world: Pick<World, "ask">,
  mount: string,
  call: SignedCall,
): Promise<Said> {
  return login(world, mount, loginFields(call));
}
