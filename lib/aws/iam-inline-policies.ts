import * as iam from "@aws-sdk/client-iam";
import type { AttemptOptions } from "@/lib/aws/call";
import { allPages, type Caller, decodeDocument, nextMarker } from "@/lib/aws/iam";
import { isMissingEntity } from "@/lib/engine/aws-failure";
import type { InlineHolder, IamCalls } from "@/lib/engine/aws-secrets/ports";

/** Reads and writes the inline policies of roles and users. */
export function inlinePolicies(
  call: Caller,
): Pick<
  IamCalls,
  "listInlinePolicies" | "getInlinePolicy" | "putInlinePolicy" | "deleteInlinePolicy"
> {
  return {
    listInlinePolicies: (access, holder) =>
      allPages(async (page) => {
        const { value } = await call(access, (client, attempt) =>
          list(client, attempt, { ...holder, page }),
        );
        return { items: value.PolicyNames ?? [], next: nextMarker(value) };
      }),
    getInlinePolicy: async (access, holder, policyName) => {
      try {
        const { value } = await call(access, (client, attempt) =>
          get(client, attempt, { ...holder, policyName }),
        );
        return decodeDocument(value.PolicyDocument ?? "");
      } catch (error) {
        if (isMissingEntity(error)) return null;
        throw error;
      }
    },
    putInlinePolicy: async (access, { kind, name }, policy) => {
      const written = { PolicyName: policy.name, PolicyDocument: policy.text };
      await call(access, async (client, attempt) => {
        if (kind === "role") {
          await client.send(new iam.PutRolePolicyCommand({ RoleName: name, ...written }), attempt);
        } else {
          await client.send(new iam.PutUserPolicyCommand({ UserName: name, ...written }), attempt);
        }
      });
    },
    deleteInlinePolicy: async (access, { kind, name }, policyName) => {
      await call(access, async (client, attempt) => {
        const named = { PolicyName: policyName };
        if (kind === "role") {
          await client.send(new iam.DeleteRolePolicyCommand({ RoleName: name, ...named }), attempt);
        } else {
          await client.send(new iam.DeleteUserPolicyCommand({ UserName: name, ...named }), attempt);
        }
      });
    },
  };
}

type Send<I, O> = (client: iam.IAMClient, attempt: AttemptOptions, input: I) => Promise<O>;

const list: Send<
  InlineHolder & { page: { MaxItems: number; Marker?: string } },
  Pick<iam.ListRolePoliciesCommandOutput, "PolicyNames" | "IsTruncated" | "Marker">
> = (client, attempt, { kind, name, page }) =>
  kind === "role"
    ? client.send(new iam.ListRolePoliciesCommand({ ...page, RoleName: name }), attempt)
    : client.send(new iam.ListUserPoliciesCommand({ ...page, UserName: name }), attempt);

const get: Send<
  InlineHolder & { policyName: string },
  Pick<iam.GetRolePolicyCommandOutput, "PolicyDocument">
> = (client, attempt, { kind, name, policyName }) =>
  kind === "role"
    ? client.send(new iam.GetRolePolicyCommand({ RoleName: name, PolicyName: policyName }), attempt)
    : client.send(
        new iam.GetUserPolicyCommand({ UserName: name, PolicyName: policyName }),
        attempt,
      );
