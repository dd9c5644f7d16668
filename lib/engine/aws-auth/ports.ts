import type { Secret } from "@/lib/engine/secret";

/** Keys of the mount; null where the host's own credentials are used. */
export type MountKeys = { accessKey: string; secretKey: Secret };

/** Where and as whom a mount's own calls to AWS are made. */
export type AwsAccess = {
  /** Changes with every write of the client configuration: what is remembered under it is then forgotten. */
  origin: string;
  keys: MountKeys | null;
  /** When a rotation made the keys: AWS may not know them everywhere for some seconds. */
  keyMadeAt: Date | null;
  /** Region that signs IAM calls: one for each partition. */
  region: string;
  /** Region that signs the mount's own STS calls. */
  stsRegion: string;
  /** Empty: AWS's own. */
  iamEndpoint: string;
  stsEndpoint: string;
  ec2Endpoint: string;
  /** Negative: the default. */
  maxRetries: number;
};

/** Access to one account: directly, or through a role of that account. */
export type AccountAccess = AwsAccess & {
  partition: string;
  account: string;
  assume: { roleArn: string; externalId: string } | null;
};

export type IamEntity = { arn: string; uniqueId: string };
export type IamInstanceProfile = IamEntity & { roleArns: readonly string[] };

/** IAM of one account. Every method throws `AwsFailure` with AWS's own text. */
export type IamReader = {
  user(name: string): Promise<IamEntity>;
  role(name: string): Promise<IamEntity>;
  instanceProfile(name: string): Promise<IamInstanceProfile>;
};

/** What EC2 says of an instance; null where it says nothing. */
export type InstanceDescription = {
  instanceId: string | null;
  state: string | null;
  imageId: string | null;
  subnetId: string | null;
  vpcId: string | null;
  instanceProfileArn: string | null;
  privateDnsName: string;
};

export type IdentityPort = {
  /**
   * The account that the mount's own credentials belong to; asked once for each configuration.
   * `remembered`: it was known before this call.
   */
  ownAccount(access: AwsAccess): Promise<{ account: string; remembered: boolean }>;
  /** Assumes the account's role where there is one. @throws AwsFailure when that fails. */
  openIam(access: AccountAccess): Promise<IamReader>;
  /** Instances of each reservation that the answer names. @throws AwsFailure */
  describeInstance(
    access: AccountAccess,
    region: string,
    instanceId: string,
  ): Promise<readonly (readonly InstanceDescription[])[]>;
  /** Full ARNs found by IAM, by unique id; kept 24 hours and within one configuration. */
  recallArn(access: AccountAccess, uniqueId: string): string | null;
  rememberArn(access: AccountAccess, uniqueId: string, arn: string): void;
};

/** Key calls of a rotation, made with the key that they are about. Each throws `AwsFailure`. */
export type RootKeyPort = {
  /** Null: the key belongs to the account's root. */
  ownerOf(access: AwsAccess): Promise<string | null>;
  create(access: AwsAccess, userName: string): Promise<MountKeys>;
  delete(access: AwsAccess, userName: string, accessKeyId: string): Promise<void>;
  list(access: AwsAccess, userName: string): Promise<{ accessKeyId: string; createdAt: Date }[]>;
};

/** The login's own request to STS, as it goes over the wire. */
export type ForwardedRequest = {
  method: "GET" | "POST";
  /** `/`, for GET with the client's query byte for byte. */
  target: string;
  /** The Host line: what the client signed, not where the request goes. */
  host: string;
  /** One line each, in order; without Host and Content-Length. */
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer | null;
};

export type StsAnswer = {
  status: number;
  contentType: string | null;
  /** Null: longer than `STS_ANSWER_BYTES_MAX`, or not readable. */
  body: string | null;
};

export type CallerIdentityPort = {
  /**
   * Sends the request to `endpoint` and nowhere else. @throws AwsFailure when no final answer came;
   * EngineError `rate_limited` when too many logins wait for STS already.
   */
  ask(request: ForwardedRequest, endpoint: string, maxRetries: number): Promise<StsAnswer>;
};

/** Everything that the AWS auth method reaches AWS through. */
export type AwsAuthPorts = {
  callerIdentity: CallerIdentityPort;
  identities: IdentityPort;
  rootKeys: RootKeyPort;
};
