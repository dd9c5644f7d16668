import { callAws, type AttemptOptions, type CallOutcome, type CallTimes } from "@/lib/aws/call";
import { type AwsClients, type AwsClientSettings, endpointUrl } from "@/lib/aws/client";
import type { CallPace } from "@/lib/aws/call-pace";
import type { AwsAccess } from "@/lib/engine/aws-secrets/ports";
import type { StsTarget } from "@/lib/engine/aws-secrets/root-config";

export type RootAccessOptions = {
  clients: AwsClients;
  pace: CallPace;
  /** Where a mount names no region: `AWS_REGION`, `AWS_DEFAULT_REGION`, else `us-east-1`. */
  defaultRegion: string;
  times?: CallTimes;
};

/** The client settings of a mount's root credential at one endpoint. */
export function clientSettings(
  { defaultRegion }: RootAccessOptions,
  { root, assumed }: AwsAccess,
  target: StsTarget,
): AwsClientSettings {
  const own =
    root.secretKey === null ? null : { accessKey: root.accessKey, secretKey: root.secretKey };
  return {
    origin: assumed === undefined ? root.origin : `${root.origin}/${assumed.accessKey}`,
    keys: assumed ?? own,
    region: target.region === "" ? defaultRegion : target.region,
    endpoint: target.endpoint === "" ? null : endpointUrl(target.endpoint),
  };
}

/**
 * One call with the root credential's retry rules, at the pace its account allows at this endpoint.
 *
 * @throws AwsFailure
 */
export function callWithRoot<T>(
  { pace, times }: RootAccessOptions,
  access: AwsAccess,
  endpoint: string,
  send: (options: AttemptOptions) => Promise<T>,
): Promise<CallOutcome<T>> {
  const { root, deadline, retryUntil } = access;
  // The access key stands for its account: nothing else is known of it before a call.
  const account = `${root.accessKey} ${endpoint}`;
  return callAws(send, {
    maxRetries: root.maxRetries,
    deadline,
    ...(retryUntil && { retryUntil }),
    keyMadeAt: root.rotatedAt,
    ...(times && { times }),
    pace: {
      take: (until) => pace.take(account, root.mountId, until),
      throttled: () => pace.throttled(account),
    },
  });
}
