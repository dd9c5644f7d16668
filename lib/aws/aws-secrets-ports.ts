import { iamCalls } from "@/lib/aws/iam";
import type { RootAccessOptions } from "@/lib/aws/root-access";
import { stsCalls } from "@/lib/aws/sts";
import type { AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";

/** STS and IAM as the AWS secrets engine calls them. */
export function awsSecretsPorts(options: RootAccessOptions): AwsSecretsPorts {
  return { sts: stsCalls(options), iam: iamCalls(options) };
}
