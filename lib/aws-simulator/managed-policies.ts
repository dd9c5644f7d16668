import { parsePolicy, type PolicyDocument } from "@/lib/aws-simulator/policy-document";
import { isVisible, type ManagedPolicy, type World } from "@/lib/aws-simulator/state";

const AWS_POLICY_PREFIX = "arn:aws:iam::aws:policy/";

/** The few policies of AWS that demos and tests attach, shortened to what the simulator knows. */
const AWS_POLICIES: Readonly<Record<string, object>> = {
  AdministratorAccess: allow("*"),
  PowerUserAccess: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", NotAction: ["iam:*", "organizations:*"], Resource: "*" }],
  },
  ReadOnlyAccess: allow("s3:Get*", "s3:List*", "iam:Get*", "iam:List*", "ec2:Describe*"),
  IAMFullAccess: allow("iam:*"),
  IAMReadOnlyAccess: allow("iam:Get*", "iam:List*"),
  AmazonS3FullAccess: allow("s3:*"),
  AmazonS3ReadOnlyAccess: allow("s3:Get*", "s3:List*"),
  AmazonEC2ReadOnlyAccess: allow("ec2:Describe*"),
  AWSDenyAll: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
  },
};

const MADE_AT = Date.parse("2015-02-06T18:39:46Z");

const AWS_MANAGED: ReadonlyMap<string, ManagedPolicy> = new Map(
  Object.entries(AWS_POLICIES).map(([name, policy]) => {
    const arn = AWS_POLICY_PREFIX + name;
    const text = JSON.stringify(policy);
    const id = `ANPA${name.toUpperCase().padEnd(17, "A").slice(0, 17)}`;
    return [
      arn,
      {
        kind: "policy",
        accountId: "aws",
        name,
        path: "/",
        id,
        arn,
        createdAt: MADE_AT,
        visibleAt: 0,
        deleted: false,
        text,
        document: parsePolicy(text, "identity"),
      },
    ];
  }),
);

export const ALLOW_ALL: PolicyDocument = parsePolicy(JSON.stringify(allow("*")), "identity");

/** A managed policy of AWS or of the account that its ARN names; null when there is none yet. */
export function findManagedPolicy(world: World, arn: string, now: number): ManagedPolicy | null {
  const ofAws = AWS_MANAGED.get(arn);
  if (ofAws !== undefined) return ofAws;
  const account = world.accounts.get(arn.split(":")[4] ?? "");
  const policy = account?.policies.find(arn.slice(arn.lastIndexOf("/") + 1));
  return policy?.arn === arn && isVisible(policy, now) ? policy : null;
}

function allow(...actions: string[]): object {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
  };
}
