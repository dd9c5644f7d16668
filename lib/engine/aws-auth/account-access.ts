import { clientConfigOf, type StoredClientConfig } from "@/lib/engine/aws-auth/client-config";
import { regionOfPartition } from "@/lib/engine/aws-auth/endpoint";
import type {
  AccountAccess,
  AwsAccess,
  AwsAuthPorts,
  MountKeys,
} from "@/lib/engine/aws-auth/ports";
import { stsAccountOf } from "@/lib/engine/aws-auth/sts-account";
import { awsError } from "@/lib/engine/aws-failure";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";

/**
 * Chooses how to look at one account: through the role configured for it, or with the mount's own
 * credentials, and then only when they belong to that very account. The check is made on every use,
 * so that no remembered client ever answers for an account it is not of.
 *
 * @throws EngineError `invalid_request` when there is no way to that account, `aws_failed` when the
 *   mount's own account cannot be asked for.
 * @see https://nvd.nist.gov/vuln/detail/CVE-2025-11621
 */
export async function accountAccess(
  ports: { awsAuth: AwsAuthPorts },
  config: ConfigSnapshot,
  mountId: string,
  target: { partition: string; account: string },
): Promise<AccountAccess> {
  const client = await clientConfigOf(config, mountId);
  const own = mountAccess(client, mountId, regionOfPartition(target.partition));
  const assumed = await stsAccountOf(config, mountId, target.account);
  if (assumed !== null) {
    return {
      ...own,
      ...target,
      origin: `${own.origin}/${target.account}/${assumed.generation}`,
      assume: { roleArn: assumed.stsRole, externalId: assumed.externalId },
    };
  }
  const { account, remembered } = await ownAccount(ports, own);
  if (account !== target.account) {
    throw invalidRequest(
      remembered
        ? `no STS configuration found for account ID "${target.account}"`
        : `unable to fetch client for account ID "${target.account}" -- default client is for account "${account}"`,
    );
  }
  return { ...own, ...target, assume: null };
}

async function ownAccount(
  ports: { awsAuth: AwsAuthPorts },
  access: AwsAccess,
): Promise<{ account: string; remembered: boolean }> {
  try {
    return await ports.awsAuth.identities.ownAccount(access);
  } catch (error) {
    throw awsError("unable to fetch current caller: ", error);
  }
}

/**
 * The mount's own access to AWS in one region.
 *
 * @throws EngineError `invalid_request` when only half of the static key is configured.
 */
export function mountAccess(
  client: StoredClientConfig,
  mountId: string,
  region: string,
): AwsAccess {
  return {
    origin: `${mountId}/${client.generation}`,
    keys: keysOf(client),
    keyMadeAt: client.keyMadeAt === null ? null : new Date(client.keyMadeAt),
    region,
    stsRegion: client.stsRegion === "" ? region : client.stsRegion,
    iamEndpoint: client.iamEndpoint,
    stsEndpoint: client.stsEndpoint,
    ec2Endpoint: client.endpoint,
    maxRetries: client.maxRetries,
  };
}

function keysOf(client: StoredClientConfig): MountKeys | null {
  const { accessKey, secretKey } = client;
  if (accessKey === "" && secretKey === null) return null;
  if (accessKey === "" || secretKey === null) {
    throw invalidRequest(
      "static AWS client credentials haven't been properly configured (the access key or secret key were provided but not both)",
    );
  }
  return { accessKey, secretKey };
}
