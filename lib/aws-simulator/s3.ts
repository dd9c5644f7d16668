import { authorise, type Call } from "@/lib/aws-simulator/call";
import { AwsError } from "@/lib/aws-simulator/errors";
import { escapeXml } from "@/lib/aws-simulator/xml";

/**
 * `GET /`: the names of the account's buckets. The one action beyond STS and IAM, to see what a
 * credential may do.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */
export function listBuckets(call: Call): string {
  authorise(call, { resource: "arn:aws:s3:::*" });
  const buckets = [...call.account.buckets].map(
    (name) =>
      `<Bucket><Name>${escapeXml(name)}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>`,
  );
  const { accountId } = call.caller;
  return `<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>${accountId}</ID></Owner><Buckets>${buckets.join("")}</Buckets></ListAllMyBucketsResult>`;
}

/** S3 names no action of its own in the request; only one path is known here. */
export function bucketAction(method: string, path: string): string {
  if (method === "GET" && path === "/") return "ListAllMyBuckets";
  throw new AwsError(
    501,
    "NotImplemented",
    "A header you provided implies functionality that is not implemented.",
  );
}
