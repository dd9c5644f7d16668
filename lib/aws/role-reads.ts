import { GetRoleCommand, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import type { AwsCallTerms } from "@/lib/aws/aws-secrets-ports";
import { CallPace } from "@/lib/aws/call-pace";
import { callWithRoot, clientSettings, type RootAccessOptions } from "@/lib/aws/root-access";
import { stsCalls } from "@/lib/aws/sts";
import { AwsFailure } from "@/lib/engine/aws-failure";
import type { AwsAccess } from "@/lib/engine/aws-secrets/ports";
import type { RoleReads } from "@/lib/engine/validator/ports";

/** STS and IAM as the validator asks them, with clients of its own. */
export function roleReads(
  settings: Omit<RootAccessOptions, "pace">,
  terms: AwsCallTerms = {},
): Omit<RoleReads, "turn"> {
  const options = { ...settings, pace: new CallPace(terms), times: terms };
  const sts = stsCalls(options);
  const iamOf = (access: AwsAccess) => {
    const { region, iamEndpoint } = access.root;
    return options.clients.iam(clientSettings(options, access, { region, endpoint: iamEndpoint }));
  };
  return {
    caller: (access) => sts.callerArn(access),
    assumeRole: (access, input) => sts.assumeRole(access, input),
    getRole: async (access, roleName) => {
      const command = new GetRoleCommand({ RoleName: roleName });
      const endpoint = `iam ${access.root.iamEndpoint}`;
      const { value } = await callWithRoot(options, access, endpoint, (attempt) =>
        iamOf(access).send(command, attempt),
      );
      const { Arn, RoleId, MaxSessionDuration, AssumeRolePolicyDocument } = value.Role ?? {};
      if (!Arn || !RoleId || !MaxSessionDuration) throw incomplete("the role");
      return {
        arn: Arn,
        roleId: RoleId,
        maxSessionSeconds: MaxSessionDuration,
        trustPolicy: decoded(AssumeRolePolicyDocument ?? ""),
      };
    },
    mayAssume: async (access, principalArn, roleArn) => {
      const command = new SimulatePrincipalPolicyCommand({
        PolicySourceArn: principalArn,
        ActionNames: ["sts:AssumeRole"],
        ResourceArns: [roleArn],
      });
      const endpoint = `iam ${access.root.iamEndpoint}`;
      const { value } = await callWithRoot(options, access, endpoint, (attempt) =>
        iamOf(access).send(command, attempt),
      );
      const [result] = value.EvaluationResults ?? [];
      if (result === undefined) throw incomplete("the simulation");
      return result.EvalDecision === "allowed";
    },
  };
}

/** IAM sends policies as RFC 3986 says: a plus is a plus. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw incomplete("the trust policy");
  }
}

function incomplete(what: string): AwsFailure {
  return new AwsFailure(`SerializationError: ${what} is missing from the answer of IAM`, {
    code: "SerializationError",
    status: 200,
    throttled: false,
    outcomeUnknown: true,
    firstAttemptAt: null,
  });
}
