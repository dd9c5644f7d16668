import * as iam from "@aws-sdk/client-iam";
import type { AttemptOptions, CallOutcome } from "@/lib/aws/call";
import { checkParameters, type ParameterCheck } from "@/lib/aws/parameter-checks";
import { callWithRoot, clientSettings, type RootAccessOptions } from "@/lib/aws/root-access";
import { inlinePolicies } from "@/lib/aws/iam-inline-policies";
import { AwsFailure } from "@/lib/engine/aws-failure";
import type { AwsAccess, IamCalls, IamUser } from "@/lib/engine/aws-secrets/ports";
import { Secret } from "@/lib/engine/secret";

const PAGE_ITEMS_MAX = 1000;
/** No IAM list is longer; one that never ends is not read for ever. */
const PAGES_MAX = 100;

/** What IAM takes at least, by the names of its parameters. */
const SIZE_MIN: Readonly<Record<string, number>> = {
  AccessKeyId: 16,
  GroupName: 1,
  Path: 1,
  PermissionsBoundary: 20,
  PolicyArn: 20,
  PolicyDocument: 1,
  PolicyName: 1,
  UserName: 1,
};

/** IAM with a mount's root credential. */
export function iamCalls(options: RootAccessOptions): IamCalls {
  const call: Caller = (access, send) => {
    const { region, iamEndpoint } = access.root;
    const settings = clientSettings(options, access, { region, endpoint: iamEndpoint });
    const client = options.clients.iam(settings);
    return callWithRoot(options, access, `iam ${iamEndpoint}`, (attempt) => send(client, attempt));
  };
  return {
    ...users(call),
    ...additions(call),
    ...removals(call),
    ...userLists(call),
    ...groupReads(call),
    ...inlinePolicies(call),
  };
}

export type Caller = <T>(
  access: AwsAccess,
  send: (client: iam.IAMClient, attempt: AttemptOptions) => Promise<T>,
) => Promise<CallOutcome<T>>;

function users(call: Caller): Pick<IamCalls, "createUser" | "getUser" | "createAccessKey"> {
  return {
    createUser: async (access, user) => {
      const input = {
        UserName: user.userName,
        Path: user.path,
        ...(user.permissionsBoundaryArn !== "" && {
          PermissionsBoundary: user.permissionsBoundaryArn,
        }),
      };
      checkSizes("CreateUserInput", input);
      const command = new iam.CreateUserCommand(input);
      const { value } = await call(access, (client, attempt) => client.send(command, attempt));
      return userOf(value.User);
    },
    getUser: async (access, userName) => {
      const command = new iam.GetUserCommand(userName === null ? {} : { UserName: userName });
      const { value } = await call(access, (client, attempt) => client.send(command, attempt));
      return userOf(value.User);
    },
    createAccessKey: async (access, userName) => {
      const command = new iam.CreateAccessKeyCommand({ UserName: userName });
      const { value, repeatedBlindly } = await call(access, (client, attempt) =>
        client.send(command, attempt),
      );
      const { AccessKeyId, SecretAccessKey } = value.AccessKey ?? {};
      if (!AccessKeyId || !SecretAccessKey) throw incomplete("CreateAccessKey");
      return { accessKey: AccessKeyId, secretKey: new Secret(SecretAccessKey), repeatedBlindly };
    },
  };
}

function additions(
  call: Caller,
): Pick<IamCalls, "attachUserPolicy" | "putUserPolicy" | "addUserToGroup" | "tagUser"> {
  return {
    attachUserPolicy: async (access, userName, policyArn) => {
      const input = { PolicyArn: policyArn, UserName: userName };
      checkSizes("AttachUserPolicyInput", input);
      const command = new iam.AttachUserPolicyCommand(input);
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    putUserPolicy: async (access, userName, policy) => {
      const input = {
        PolicyDocument: policy.document,
        PolicyName: policy.name,
        UserName: userName,
      };
      checkSizes("PutUserPolicyInput", input);
      const command = new iam.PutUserPolicyCommand(input);
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    addUserToGroup: async (access, userName, group) => {
      const input = { GroupName: group, UserName: userName };
      checkSizes("AddUserToGroupInput", input);
      const command = new iam.AddUserToGroupCommand(input);
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    tagUser: async (access, userName, tags) => {
      const entries = Object.entries(tags);
      checkParameters(
        "TagUserInput",
        entries.map(([key], index): ParameterCheck => {
          return { field: `Tags[${index}].Key`, text: key, sizeMin: 1 };
        }),
      );
      const command = new iam.TagUserCommand({
        UserName: userName,
        Tags: entries.map(([Key, Value]) => ({ Key, Value })),
      });
      await call(access, (client, attempt) => client.send(command, attempt));
    },
  };
}

function removals(
  call: Caller,
): Pick<
  IamCalls,
  "deleteAccessKey" | "detachUserPolicy" | "deleteUserPolicy" | "removeUserFromGroup" | "deleteUser"
> {
  return {
    deleteAccessKey: async (access, userName, accessKey) => {
      const input = {
        AccessKeyId: accessKey,
        ...(userName !== null && { UserName: userName }),
      };
      checkSizes("DeleteAccessKeyInput", input);
      const command = new iam.DeleteAccessKeyCommand(input);
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    detachUserPolicy: async (access, userName, policyArn) => {
      const command = new iam.DetachUserPolicyCommand({ UserName: userName, PolicyArn: policyArn });
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    deleteUserPolicy: async (access, userName, policyName) => {
      const command = new iam.DeleteUserPolicyCommand({
        UserName: userName,
        PolicyName: policyName,
      });
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    removeUserFromGroup: async (access, userName, group) => {
      const command = new iam.RemoveUserFromGroupCommand({ UserName: userName, GroupName: group });
      await call(access, (client, attempt) => client.send(command, attempt));
    },
    deleteUser: async (access, userName) => {
      const command = new iam.DeleteUserCommand({ UserName: userName });
      await call(access, (client, attempt) => client.send(command, attempt));
    },
  };
}

function userLists(
  call: Caller,
): Pick<
  IamCalls,
  "listAccessKeys" | "listUserPolicies" | "listAttachedUserPolicies" | "listGroupsForUser"
> {
  return {
    listAccessKeys: (access, userName) =>
      allPages(async (page) => {
        const command = new iam.ListAccessKeysCommand({
          ...page,
          ...(userName !== null && { UserName: userName }),
        });
        const { value } = await call(access, (client, attempt) => client.send(command, attempt));
        const keys = (value.AccessKeyMetadata ?? []).flatMap((key) =>
          key.AccessKeyId === undefined
            ? []
            : [{ accessKey: key.AccessKeyId, createdAt: key.CreateDate ?? null }],
        );
        return { items: keys, next: nextMarker(value) };
      }),
    listUserPolicies: (access, userName) =>
      allPages(async (page) => {
        const command = new iam.ListUserPoliciesCommand({ ...page, UserName: userName });
        const { value } = await call(access, (client, attempt) => client.send(command, attempt));
        return { items: value.PolicyNames ?? [], next: nextMarker(value) };
      }),
    listAttachedUserPolicies: (access, userName) =>
      allPages(async (page) => {
        const command = new iam.ListAttachedUserPoliciesCommand({ ...page, UserName: userName });
        const { value } = await call(access, (client, attempt) => client.send(command, attempt));
        return { items: policyArnsOf(value.AttachedPolicies), next: nextMarker(value) };
      }),
    listGroupsForUser: (access, userName) =>
      allPages(async (page) => {
        const command = new iam.ListGroupsForUserCommand({ ...page, UserName: userName });
        const { value } = await call(access, (client, attempt) => client.send(command, attempt));
        const names = (value.Groups ?? []).map((group) => group.GroupName);
        return { items: names.filter((name) => name !== undefined), next: nextMarker(value) };
      }),
  };
}

function groupReads(
  call: Caller,
): Pick<IamCalls, "listAttachedGroupPolicies" | "listGroupPolicies" | "getGroupPolicy"> {
  return {
    listAttachedGroupPolicies: (access, group) => {
      checkSizes("ListAttachedGroupPoliciesInput", { GroupName: group });
      return allPages(async (page) => {
        const command = new iam.ListAttachedGroupPoliciesCommand({ ...page, GroupName: group });
        const { value } = await call(access, (client, attempt) => client.send(command, attempt));
        return { items: policyArnsOf(value.AttachedPolicies), next: nextMarker(value) };
      });
    },
    listGroupPolicies: (access, group) =>
      allPages(async (page) => {
        const command = new iam.ListGroupPoliciesCommand({ ...page, GroupName: group });
        const { value } = await call(access, (client, attempt) => client.send(command, attempt));
        return { items: value.PolicyNames ?? [], next: nextMarker(value) };
      }),
    getGroupPolicy: async (access, group, policyName) => {
      const command = new iam.GetGroupPolicyCommand({ GroupName: group, PolicyName: policyName });
      const { value } = await call(access, (client, attempt) => client.send(command, attempt));
      return decodeDocument(value.PolicyDocument ?? "");
    },
  };
}

type Page = { MaxItems: number; Marker?: string };

/** Reads a list to its end. @throws AwsFailure when it has none. */
export async function allPages<T>(
  read: (page: Page) => Promise<{ items: readonly T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let marker: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { items, next } = await read({
      MaxItems: PAGE_ITEMS_MAX,
      ...(marker !== null && { Marker: marker }),
    });
    all.push(...items);
    if (next === null) return all;
    marker = next;
  }
  throw incomplete("the list");
}

export function nextMarker(answer: {
  IsTruncated?: boolean | undefined;
  Marker?: string | undefined;
}) {
  return answer.IsTruncated === true && answer.Marker ? answer.Marker : null;
}

function policyArnsOf(policies: readonly iam.AttachedPolicy[] | undefined): string[] {
  return (policies ?? []).flatMap((policy) => policy.PolicyArn ?? []);
}

function userOf(user: iam.User | undefined): IamUser {
  if (user === undefined) throw incomplete("the user");
  return {
    userName: user.UserName ?? null,
    arn: user.Arn ?? "",
    createdAt: user.CreateDate ?? null,
  };
}

/** IAM sends policy documents URL-encoded. */
export function decodeDocument(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", "%20"));
  } catch {
    throw incomplete("the policy document");
  }
}

function checkSizes(input: string, values: Readonly<Record<string, string>>): void {
  const names = Object.keys(values).sort();
  checkParameters(
    input,
    names.map((field) => ({ field, text: values[field], sizeMin: SIZE_MIN[field] ?? 0 })),
  );
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
