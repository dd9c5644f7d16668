import { type Caller, callerContext, grantsOf } from "@/lib/aws-simulator/caller";
import type { Context } from "@/lib/aws-simulator/conditions";
import { accessDenied, AwsError } from "@/lib/aws-simulator/errors";
import { decide } from "@/lib/aws-simulator/policy";
import type { Params } from "@/lib/aws-simulator/query";
import type { Account, World } from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

/** One authenticated request. */
export type Call = {
  readonly world: World;
  readonly caller: Caller;
  /** The caller's account. */
  readonly account: Account;
  readonly service: "sts" | "iam" | "s3";
  readonly action: string;
  readonly params: Params;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly region: string;
  readonly now: number;
  /** How long IAM takes to show what this call changes. */
  readonly consistencyMs: number;
};

/** What an action is about, for the policies that must allow it. */
export type AccessTarget = {
  readonly resource: string;
  readonly context?: readonly (readonly [key: string, values: readonly string[]])[];
};

export type Action = {
  /** Null: the action decides itself who may call it. */
  readonly target: ((call: Call) => AccessTarget) | null;
  /** Null: the answer has no result. */
  readonly handle: (call: Call) => AnswerFields | null;
};

export type ActionTable = Readonly<Record<string, Action>>;

/** @throws AwsError `AccessDenied` in AWS's words. */
export function authorise(call: Call, target: AccessTarget): void {
  const action = `${call.service}:${call.action}`;
  const verdict = decide(
    { action, resource: target.resource, context: requestContext(call, target.context) },
    grantsOf(call.world, call.caller, call.now),
  );
  if (verdict.allowed) return;
  const sentence = notAuthorised(call.caller, action, target.resource);
  throw accessDenied(`${sentence} ${verdict.because}`);
}

export function requestContext(call: Call, extra: AccessTarget["context"] = []): Context {
  return new Map([
    ...callerContext(call.caller, call.now),
    ["aws:sourceip", [call.sourceIp]],
    ["aws:useragent", [call.userAgent]],
    ["aws:requestedregion", [call.region]],
    ...extra,
  ]);
}

export function tagContext(
  tags: ReadonlyMap<string, string>,
): NonNullable<AccessTarget["context"]> {
  if (tags.size === 0) return [];
  return [
    ["aws:tagkeys", [...tags.keys()]],
    ...[...tags].map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, [value]] as const),
  ];
}

export function notAuthorised(caller: Caller, action: string, resource: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
}

export function unknownAction(action: string, version: string | undefined): AwsError {
  const named = action === "" ? "MissingAction" : "InvalidAction";
  return new AwsError(
    400,
    named,
    `Could not find operation ${action} for version ${version ?? "NO_VERSION_SPECIFIED"}`,
  );
}
