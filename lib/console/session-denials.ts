import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import type { AwsMount } from "@/lib/console/secrets-mounts";

const RevocationConfig = z.object({
  mode: z.enum(["off", "deny_session"]),
  overflow: z.enum(["refuse", "cut"]),
});
const Account = z.object({ revoker_role_arn: z.string(), revoker_external_id: z.string() });
const Keys = z.object({ keys: z.array(z.string()) });

/** How a mount ends AWS sessions, and who writes that in which account. */
export type SessionEnding = z.infer<typeof RevocationConfig> & {
  revokers: readonly { account: string; roleArn: string }[];
};

/** What a mount does about AWS sessions whose leases end. */
export async function readSessionEnding(
  operator: Operator,
  { path }: Pick<AwsMount, "path">,
): Promise<Read<SessionEnding>> {
  const config = await operator.read(RevocationConfig, `${path}config/revocation`);
  if (!config.ok) return config;
  const accounts = await operator.list(Keys, `${path}config/accounts/`);
  if (!accounts.ok) return accounts;
  const revokers = await Promise.all(
    accounts.data.keys.map(async (account) => {
      const read = await operator.read(Account, `${path}config/accounts/${account}`);
      return { account, roleArn: read.ok ? read.data.revoker_role_arn : "" };
    }),
  );
  return {
    ok: true,
    data: { ...config.data, revokers: revokers.filter(({ roleArn }) => roleArn !== "") },
  };
}

/** What the revoker of an account needs: to write its one policy on these roles, and nothing else. */
export function revokerPolicy(roleArns: readonly string[]): string {
  const statement = {
    Effect: "Allow",
    Action: [
      "iam:ListRolePolicies",
      "iam:GetRolePolicy",
      "iam:PutRolePolicy",
      "iam:DeleteRolePolicy",
    ],
    Resource: roleArns.length === 0 ? ["arn:aws:iam::<account>:role/<role>"] : roleArns,
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, null, 2);
}
