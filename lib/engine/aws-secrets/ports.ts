import type { RootCredential } from "@/lib/engine/aws-secrets/root-config";
import type { Secret } from "@/lib/engine/secret";

/** With whose credentials a call is made, and until when it is worth making. */
export type AwsAccess = {
  root: RootCredential;
  deadline: Date;
  /** What failed is not tried again after it; undefined: up to the deadline. */
  retryUntil?: Date;
  /** In place of the root credential's own keys: those of a role that it assumed. */
  assumed?: { accessKey: string; secretKey: Secret; sessionToken: Secret };
};

/** A new STS credential as AWS answered it. */
export type AwsSession = {
  accessKey: string;
  secretKey: Secret;
  sessionToken: Secret;
  expiresAt: Date;
  /** ARN of the assumed-role session or federated user; null for a session token. */
  arn: string | null;
  /** AWS's `AssumedRoleId` or `FederatedUserId`. */
  subjectId: string | null;
};

export type AssumeRoleInput = {
  roleArn: string;
  sessionName: string;
  durationSeconds: number;
  policyDocument: string;
  policyArns: readonly string[];
  tags: Readonly<Record<string, string>>;
  externalId: string;
};

export type FederationInput = {
  name: string;
  durationSeconds: number;
  policyDocument: string;
  policyArns: readonly string[];
};

export type SessionTokenInput = {
  durationSeconds: number;
  serialNumber: string;
  tokenCode: string;
};

/**
 * STS as this engine uses it. Every call may throw `AwsFailure`, or `EngineError` where the
 * configuration makes it impossible.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
 */
export type StsCalls = {
  assumeRole(access: AwsAccess, input: AssumeRoleInput): Promise<AwsSession>;
  getFederationToken(access: AwsAccess, input: FederationInput): Promise<AwsSession>;
  getSessionToken(access: AwsAccess, input: SessionTokenInput): Promise<AwsSession>;
  callerAccount(access: AwsAccess): Promise<string>;
  callerArn(access: AwsAccess): Promise<string>;
  /** Waits, at most `patienceSeconds`, until AWS knows a key that was made a moment ago. */
  becomesUsable(access: AwsAccess, patienceSeconds: number): Promise<boolean>;
};

export type NewUser = { userName: string; path: string; permissionsBoundaryArn: string };

export type IamUser = {
  /** Null for the root of an account, which has no name. */
  userName: string | null;
  arn: string;
  createdAt: Date | null;
};

export type NewAccessKey = {
  accessKey: string;
  secretKey: Secret;
  /** An attempt before ended without an answer: there may be a second key that nobody knows. */
  repeatedBlindly: boolean;
};

export type AccessKeyEntry = { accessKey: string; createdAt: Date | null };

export type InlineHolder = { kind: "role" | "user"; name: string };

/**
 * IAM as this engine uses it: lists are read to their last page.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export type IamCalls = {
  createUser(access: AwsAccess, user: NewUser): Promise<IamUser>;
  /** Null: the user whose key signs. */
  getUser(access: AwsAccess, userName: string | null): Promise<IamUser>;
  attachUserPolicy(access: AwsAccess, userName: string, policyArn: string): Promise<void>;
  putUserPolicy(
    access: AwsAccess,
    userName: string,
    policy: { name: string; document: string },
  ): Promise<void>;
  addUserToGroup(access: AwsAccess, userName: string, group: string): Promise<void>;
  tagUser(
    access: AwsAccess,
    userName: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<void>;
  createAccessKey(access: AwsAccess, userName: string): Promise<NewAccessKey>;

  /** Null: the keys of the user whose key signs. */
  listAccessKeys(access: AwsAccess, userName: string | null): Promise<AccessKeyEntry[]>;
  /** Null: a key of the user whose key signs. */
  deleteAccessKey(access: AwsAccess, userName: string | null, accessKey: string): Promise<void>;
  listUserPolicies(access: AwsAccess, userName: string): Promise<string[]>;
  listAttachedUserPolicies(access: AwsAccess, userName: string): Promise<string[]>;
  listGroupsForUser(access: AwsAccess, userName: string): Promise<string[]>;
  detachUserPolicy(access: AwsAccess, userName: string, policyArn: string): Promise<void>;
  deleteUserPolicy(access: AwsAccess, userName: string, policyName: string): Promise<void>;
  removeUserFromGroup(access: AwsAccess, userName: string, group: string): Promise<void>;
  deleteUser(access: AwsAccess, userName: string): Promise<void>;

  listAttachedGroupPolicies(access: AwsAccess, group: string): Promise<string[]>;
  listGroupPolicies(access: AwsAccess, group: string): Promise<string[]>;
  /** Inline policies of a role or user. */
  listInlinePolicies(access: AwsAccess, holder: InlineHolder): Promise<string[]>;
  /** The document in clear; null: there is no policy of this name. */
  getInlinePolicy(access: AwsAccess, holder: InlineHolder, name: string): Promise<string | null>;
  putInlinePolicy(
    access: AwsAccess,
    holder: InlineHolder,
    policy: { name: string; text: string },
  ): Promise<void>;
  deleteInlinePolicy(access: AwsAccess, holder: InlineHolder, name: string): Promise<void>;

  /** The document in clear, not URL-encoded. */
  getGroupPolicy(access: AwsAccess, group: string, policyName: string): Promise<string>;
};

export type AwsSecretsPorts = { sts: StsCalls; iam: IamCalls };
