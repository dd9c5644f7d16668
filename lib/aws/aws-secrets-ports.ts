import type { CallTimes } from "@/lib/aws/call";
import { CallPace, type CallPaceTerms } from "@/lib/aws/call-pace";
import { iamCalls } from "@/lib/aws/iam";
import type { RootAccessOptions } from "@/lib/aws/root-access";
import { stsCalls } from "@/lib/aws/sts";
import type { AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";

/** How AWS is called, where that is not the usual way. */
export type AwsCallTerms = Partial<CallPaceTerms> & CallTimes;

/** STS and IAM as the AWS secrets engine calls them. */
export function awsSecretsPorts(
  settings: Omit<RootAccessOptions, "pace">,
  terms: AwsCallTerms = {},
): AwsSecretsPorts {
  const options = { ...settings, pace: new CallPace(terms), times: terms };
  return { sts: stsCalls(options), iam: iamCalls(options) };
}
