import fc from "fast-check";
import { expect, test } from "vitest";
import { fullArnOf, resolveUniqueId } from "@/lib/engine/aws-auth/entity-lookup";
import type { AccountAccess, AwsAuthPorts, IamEntity } from "@/lib/engine/aws-auth/ports";
import { parsePrincipalArn } from "@/lib/engine/aws-auth/principal";
import type { ConfigSnapshot, Setting } from "@/lib/engine/config-snapshot";

const OWN = "111111111111";
const FOREIGN = "999999999999";

/** The settings of one mount, and nothing else of a configuration. */
function configOf(settings: Record<string, Setting["body"]>): ConfigSnapshot {
  const setting = (_mountId: string, kind: string, key: string): Promise<Setting | null> => {
    const body = settings[`${kind}/${key}`];
    return Promise.resolve(body === undefined ? null : { key, body, secret: null, revision: 1 });
  };
  return { setting } as unknown as ConfigSnapshot;
}

/** AWS as seen from credentials of `OWN`: every account has a role `app`, of an id of its own. */
function awsOf(asked: string[] = []): { awsAuth: AwsAuthPorts } {
  const arns = new Map<string, string>();
  let known = false;
  const entity = (access: AccountAccess, name: string): IamEntity => {
    // Without an assumed role it is always the own account that answers.
    const account = access.assume === null ? OWN : (access.assume.roleArn.split(":")[4] ?? "");
    asked.push(account);
    return { arn: `arn:aws:iam::${account}:role/team/${name}`, uniqueId: `AROA${account}${name}` };
  };
  const identities: AwsAuthPorts["identities"] = {
    ownAccount: () => {
      const answer = { account: OWN, remembered: known };
      known = true;
      return Promise.resolve(answer);
    },
    openIam: (access) =>
      Promise.resolve({
        user: (name) => Promise.resolve(entity(access, name)),
        role: (name) => Promise.resolve(entity(access, name)),
        instanceProfile: (name) => Promise.resolve({ ...entity(access, name), roleArns: [] }),
      }),
    describeInstance: () => Promise.resolve([]),
    recallArn: (access, id) => arns.get(`${access.origin}${access.account}${id}`) ?? null,
    rememberArn: (access, id, arn) => arns.set(`${access.origin}${access.account}${id}`, arn),
  };
  return { awsAuth: { identities } as unknown as AwsAuthPorts };
}

const FROM = { mountId: "m", roleName: "r", purpose: "attempting login" };
const PLAIN = configOf({});
const ASSUMING = configOf({
  [`sts_account/${FOREIGN}`]: {
    stsRole: `arn:aws:iam::${FOREIGN}:role/vault`,
    externalId: "",
    generation: "g",
  },
});

function callerOf(account: string): Parameters<typeof fullArnOf>[2] {
  return {
    principal: parsePrincipalArn(`arn:aws:sts::${account}:assumed-role/app/s`),
    uniqueId: `AROA${account}app`,
  };
}

test("A281 the full ARN is asked for once", async () => {
  const asked: string[] = [];
  const ports = awsOf(asked);

  const first = await fullArnOf(ports, { config: PLAIN, ...FROM }, callerOf(OWN));
  const second = await fullArnOf(ports, { config: PLAIN, ...FROM }, callerOf(OWN));

  expect(first).toBe(`arn:aws:iam::${OWN}:role/team/app`);
  expect(second).toBe(first);
  expect(asked).toEqual([OWN]);
});

test("B41 T42 in whatever order callers come, the own account never answers for a foreign one", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(OWN, FOREIGN), { minLength: 1, maxLength: 12 }),
      async (accounts) => {
        const asked: string[] = [];
        const ports = awsOf(asked);
        for (const account of accounts) {
          const found = fullArnOf(ports, { config: PLAIN, ...FROM }, callerOf(account));
          if (account === OWN) {
            await expect(found).resolves.toBe(`arn:aws:iam::${OWN}:role/team/app`);
          } else {
            await expect(found).rejects.toThrow(
              new RegExp(
                `error looking up full ARN of entity &\\{aws ${FOREIGN} assumed-role {2}app s\\} when attempting login for role "r": error creating IAM client: (unable to fetch client|no STS configuration found) for account ID "${FOREIGN}"`,
              ),
            );
          }
        }
        expect(asked.every((account) => account === OWN)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test("T42 a foreign account is looked at through its own role", async () => {
  const asked: string[] = [];

  const found = await fullArnOf(awsOf(asked), { config: ASSUMING, ...FROM }, callerOf(FOREIGN));

  expect(found).toBe(`arn:aws:iam::${FOREIGN}:role/team/app`);
  expect(asked).toEqual([FOREIGN]);
});

test("a namesake with another id is nobody we know", async () => {
  const caller = { ...callerOf(OWN), uniqueId: "AROAEVIL" };

  expect(await fullArnOf(awsOf(), { config: PLAIN, ...FROM }, caller)).toBeNull();
});

test("a user is not the role of that name", async () => {
  const principal = parsePrincipalArn(`arn:aws:iam::${OWN}:user/app`);

  expect(
    await fullArnOf(awsOf(), { config: PLAIN, ...FROM }, { principal, uniqueId: `AROA${OWN}app` }),
  ).toBeNull();
});

test("A129 a principal of an account without a way to it does not resolve", async () => {
  const ports = awsOf();
  const arn = `arn:aws:iam::${FOREIGN}:role/app`;
  const resolve = (): Promise<string> => resolveUniqueId(ports, PLAIN, "m", arn);
  const prefix = `unable to resolve ARN "${arn}" to internal ID: `;

  await expect(resolve()).rejects.toThrow(
    `${prefix}unable to fetch client for account ID "${FOREIGN}" -- default client is for account "${OWN}"`,
  );
  await expect(resolve()).rejects.toThrow(
    `${prefix}no STS configuration found for account ID "${FOREIGN}"`,
  );
});

test.each([
  ["A130", "arn:aws:iam::aws:policy/X", `unrecognized principal type: "policy"`],
  ["A130", "arn:moon:iam::123456789012:role/r", `unable to resolve partition "moon" to a region`],
  ["A131", "arn:aws:sts::123456789012:assumed-role/R/s", `unrecognized error type "assumed-role"`],
])("%s %s does not resolve", async (_case, arn, reason) => {
  const asked: string[] = [];

  await expect(resolveUniqueId(awsOf(asked), PLAIN, "m", arn)).rejects.toThrow(
    `unable to resolve ARN "${arn}" to internal ID: ${reason}`,
  );
  expect(asked).toEqual([]);
});

test("T47 an answer about another account is refused", async () => {
  const config = configOf({
    [`sts_account/${FOREIGN}`]: {
      stsRole: `arn:aws:iam::${OWN}:role/vault`,
      externalId: "",
      generation: "g",
    },
  });

  await expect(
    resolveUniqueId(awsOf(), config, "m", `arn:aws:iam::${FOREIGN}:role/app`),
  ).rejects.toThrow(
    `resolved ARN "arn:aws:iam::${OWN}:role/team/app" does not belong to account "${FOREIGN}"`,
  );
});
