import { CallPace } from "@/lib/aws/call-pace";
import { iamCalls } from "@/lib/aws/iam";
import type { RootAccessOptions } from "@/lib/aws/root-access";
import { stsCalls } from "@/lib/aws/sts";
import type { AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";

/** STS and IAM as the AWS secrets engine calls them. */
export function awsSecretsPorts(settings: Omit<RootAccessOptions, "pace">): AwsSecretsPorts {
  const options = { ...settings, pace: new CallPace() };
  return { sts: stsCalls(options), iam: iamCalls(options) };
}
