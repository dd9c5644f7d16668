import type { EC2Client, Instance } from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { callAws, type AttemptOptions } from "@/lib/aws/call";
import { endpointUrl, type AwsClients, type AwsClientSettings } from "@/lib/aws/client";
import { RecentMap } from "@/lib/aws/recent-map";
import type {
  AccountAccess,
  AwsAccess,
  IamReader,
  IdentityPort,
  InstanceDescription,
  RootKeyPort,
} from "@/lib/engine/aws-auth/ports";
import { AwsFailure } from "@/lib/engine/aws-failure";
import { Secret } from "@/lib/engine/secret";

/** One look-up with its retries; a login may need several. */
const CALL_BUDGET_MS = 25_000;
/** Full ARNs change when somebody moves a user to another path; not extended by use. */
const ARN_MEMORY_MS = 24 * 60 * 60 * 1000;
const ARNS_MAX = 10_000;
const ACCOUNTS_MAX = 1_000;
const ASSUMED_SECONDS = 900;
/** Assumed credentials are renewed this long before their end. */
const ASSUMED_MARGIN_MS = 60_000;
const SESSION_NAME = "leasehold-auth";
const ACCESS_KEYS_MAX = 100;

type Assumed = { accessKey: string; secretKey: Secret; sessionToken: Secret };

/** IAM, STS and EC2 as the AWS auth method asks them, with the mount's own credentials. */
export function awsIdentities(clients: AwsClients): IdentityPort {
  const accounts = new RecentMap<string>(ACCOUNTS_MAX);
  const arns = new RecentMap<string>(ARNS_MAX);
  const assumed = new RecentMap<Assumed>(ACCOUNTS_MAX);

  return {
    ownAccount: async (access) => {
      const known = accounts.get(access.origin);
      if (known !== null) return { account: known, remembered: true };
      const account = await callerAccount(clients, access);
      accounts.set(access.origin, account);
      return { account, remembered: false };
    },
    openIam: async (access) => {
      const settings = await accountSettings(clients, assumed, access);
      const endpoint = { region: access.region, endpoint: endpointOf(access.iamEndpoint) };
      return iamReader(clients.iam({ ...settings, ...endpoint }), access);
    },
    describeInstance: async (access, region, instanceId) => {
      const settings = await accountSettings(clients, assumed, access);
      const endpoint = endpointOf(access.ec2Endpoint);
      return describeInstance(clients, { ...settings, region, endpoint }, access, instanceId);
    },
    recallArn: (access, uniqueId) => arns.get(arnKey(access, uniqueId)),
    rememberArn: (access, uniqueId, arn) => {
      arns.set(arnKey(access, uniqueId), arn, ARN_MEMORY_MS);
    },
  };
}

/** The key calls of a rotation, made with the mount's static key. */
export function awsRootKeys(clients: AwsClients): RootKeyPort {
  const iamOf = (access: AwsAccess): IAMClient => {
    const endpoint = endpointOf(access.iamEndpoint);
    return clients.iam({ ...ownSettings(access), region: access.region, endpoint });
  };
  return {
    ownerOf: async (access) => {
      const answer = await call(access, (attempt) =>
        iamOf(access).send(new GetUserCommand({}), attempt),
      );
      return answer.User?.UserName ?? null;
    },
    create: async (access, userName) => {
      const command = new CreateAccessKeyCommand({ UserName: userName });
      const { AccessKey: key } = await call(access, (attempt) =>
        iamOf(access).send(command, attempt),
      );
      if (!key?.AccessKeyId || !key.SecretAccessKey) throw incomplete("CreateAccessKey");
      return { accessKey: key.AccessKeyId, secretKey: new Secret(key.SecretAccessKey) };
    },
    delete: async (access, userName, accessKeyId) => {
      const command = new DeleteAccessKeyCommand({ UserName: userName, AccessKeyId: accessKeyId });
      await call(access, (attempt) => iamOf(access).send(command, attempt));
    },
    list: async (access, userName) => {
      const command = new ListAccessKeysCommand({ UserName: userName, MaxItems: ACCESS_KEYS_MAX });
      const answer = await call(access, (attempt) => iamOf(access).send(command, attempt));
      return (answer.AccessKeyMetadata ?? []).map((key) => ({
        accessKeyId: key.AccessKeyId ?? "",
        createdAt: key.CreateDate ?? new Date(0),
      }));
    },
  };
}

async function callerAccount(clients: AwsClients, access: AwsAccess): Promise<string> {
  const client = clients.sts(stsSettings(access));
  const answer = await call(access, (attempt) =>
    client.send(new GetCallerIdentityCommand({}), attempt),
  );
  if (!answer.Account) throw incomplete("GetCallerIdentity");
  return answer.Account;
}

/** Credentials for the account: the mount's own, or those of the role configured for it. */
async function accountSettings(
  clients: AwsClients,
  assumed: RecentMap<Assumed>,
  access: AccountAccess,
): Promise<Pick<AwsClientSettings, "origin" | "keys">> {
  if (access.assume === null) return ownSettings(access);
  const keys = assumed.get(access.origin) ?? (await assumeRole(clients, assumed, access));
  return { origin: `${access.origin}/${keys.accessKey}`, keys };
}

async function assumeRole(
  clients: AwsClients,
  assumed: RecentMap<Assumed>,
  access: AccountAccess,
): Promise<Assumed> {
  const { roleArn = "", externalId = "" } = access.assume ?? {};
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: SESSION_NAME,
    DurationSeconds: ASSUMED_SECONDS,
    ...(externalId !== "" && { ExternalId: externalId }),
  });
  const client = clients.sts(stsSettings(access));
  const answer = await call(access, (attempt) => client.send(command, attempt));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw incomplete("AssumeRole");
  const keys = {
    accessKey: AccessKeyId,
    secretKey: new Secret(SecretAccessKey),
    sessionToken: new Secret(SessionToken),
  };
  const endsInMs = (Expiration?.getTime() ?? 0) - Date.now();
  const lifeMs = Math.min(endsInMs, ASSUMED_SECONDS * 1000) - ASSUMED_MARGIN_MS;
  assumed.set(access.origin, keys, Math.max(0, lifeMs));
  return keys;
}

function ownSettings(access: AwsAccess): Pick<AwsClientSettings, "origin" | "keys"> {
  return { origin: access.origin.split("/").slice(0, 2).join("/"), keys: access.keys };
}

function stsSettings(access: AwsAccess): AwsClientSettings {
  const endpoint = endpointOf(access.stsEndpoint);
  return { ...ownSettings(access), region: access.stsRegion, endpoint };
}

function endpointOf(configured: string): string | null {
  return configured === "" ? null : endpointUrl(configured);
}

function iamReader(client: IAMClient, access: AwsAccess): IamReader {
  return {
    user: async (name) => {
      const command = new GetUserCommand({ UserName: name });
      const { User: user } = await call(access, (attempt) => client.send(command, attempt));
      if (!user?.Arn || !user.UserId) throw incomplete("GetUser");
      return { arn: user.Arn, uniqueId: user.UserId };
    },
    role: async (name) => {
      const command = new GetRoleCommand({ RoleName: name });
      const { Role: role } = await call(access, (attempt) => client.send(command, attempt));
      if (!role?.Arn || !role.RoleId) throw incomplete("GetRole");
      return { arn: role.Arn, uniqueId: role.RoleId };
    },
    instanceProfile: async (name) => {
      const command = new GetInstanceProfileCommand({ InstanceProfileName: name });
      const answer = await call(access, (attempt) => client.send(command, attempt));
      const profile = answer.InstanceProfile;
      if (!profile?.Arn || !profile.InstanceProfileId) throw incomplete("GetInstanceProfile");
      return {
        arn: profile.Arn,
        uniqueId: profile.InstanceProfileId,
        roleArns: (profile.Roles ?? []).map((role) => role.Arn ?? ""),
      };
    },
  };
}

async function describeInstance(
  clients: AwsClients,
  settings: AwsClientSettings,
  access: AwsAccess,
  instanceId: string,
): Promise<readonly (readonly InstanceDescription[])[]> {
  // Loaded when the first mount needs it: it is large, and most installations never do.
  const ec2 = await import("@aws-sdk/client-ec2");
  const key = `ec2 ${settings.origin} ${settings.region} ${settings.endpoint ?? ""}`;
  const client: EC2Client = clients.kept(key, ec2.EC2Client, settings);
  const command = new ec2.DescribeInstancesCommand({ InstanceIds: [instanceId] });
  const answer = await call(access, (attempt) => client.send(command, attempt));
  return (answer.Reservations ?? []).map((reservation) =>
    (reservation.Instances ?? []).map(descriptionOf),
  );
}

function descriptionOf(instance: Instance): InstanceDescription {
  return {
    instanceId: instance.InstanceId ?? null,
    state: instance.State?.Name ?? null,
    imageId: instance.ImageId ?? null,
    subnetId: instance.SubnetId ?? null,
    vpcId: instance.VpcId ?? null,
    instanceProfileArn: instance.IamInstanceProfile?.Arn ?? null,
    privateDnsName: instance.PrivateDnsName ?? "",
  };
}

async function call<T>(
  access: AwsAccess,
  send: (attempt: AttemptOptions) => Promise<T>,
): Promise<T> {
  const deadline = new Date(Date.now() + CALL_BUDGET_MS);
  const { maxRetries, keyMadeAt } = access;
  return (await callAws(send, { maxRetries, deadline, keyMadeAt })).value;
}

/** Account and partition belong to the key: an id of one account says nothing of another. */
function arnKey(access: AccountAccess, uniqueId: string): string {
  return [access.origin, access.partition, access.account, uniqueId].join(" ");
}

function incomplete(action: string): AwsFailure {
  const facts = {
    code: "SerializationError",
    status: 200,
    throttled: false,
    outcomeUnknown: true,
    firstAttemptAt: null,
  };
  return new AwsFailure(`SerializationError: the answer to ${action} is incomplete`, facts);
}
