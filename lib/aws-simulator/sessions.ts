import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Call } from "@/lib/aws-simulator/call";
import { AwsError, malformedPolicy, validationError } from "@/lib/aws-simulator/errors";
import { findManagedPolicy } from "@/lib/aws-simulator/managed-policies";
import { parsePolicy, type PolicyDocument } from "@/lib/aws-simulator/policy-document";
import { Form } from "@/lib/aws-simulator/query";
import { secretAccessKey, type Session, uniqueId } from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const POLICY_CHARACTERS_MAX = 2048;
const POLICY_ARNS_MAX = 10;

/**
 * AWS packs policies and tags into a binary form whose size it does not document. Deflating them
 * comes near: this many bytes count as full.
 */
const PACKED_BYTES_MAX = 1024;

type NewSession = Omit<
  Session,
  "accessKeyId" | "secret" | "token" | "issuedAt" | "creatorArn" | "creatorAccessKeyId"
>;

export function openSession(call: Call, session: NewSession): Session {
  const opened: Session = {
    ...session,
    accessKeyId: uniqueId("ASIA"),
    secret: secretAccessKey(),
    token: `IQoJb3JpZ2luX2Vj${randomBytes(192).toString("base64")}`,
    issuedAt: call.now,
    creatorArn: call.caller.arn,
    creatorAccessKeyId: call.caller.accessKeyId,
  };
  call.world.addSession(opened);
  return opened;
}

export function credentialsFields(session: Session): AnswerFields {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secret,
    SessionToken: session.token,
    Expiration: new Date(session.expiresAt),
  };
}

export type SessionPolicies = {
  /** Null when none were passed. */
  readonly documents: readonly PolicyDocument[] | null;
  readonly packedPercent: number | undefined;
};

/**
 * Reads `Policy` and `PolicyArns`.
 *
 * @throws AwsError `MalformedPolicyDocument`, `PackedPolicyTooLarge` or `ValidationError`.
 */
export function readSessionPolicies(
  call: Call,
  accountId: string,
  tags: ReadonlyMap<string, string>,
): SessionPolicies {
  const form = new Form(call.params);
  const inline = form.optionalText("Policy", { min: 1, max: POLICY_CHARACTERS_MAX });
  const arns = form.list("PolicyArns", "arn", POLICY_ARNS_MAX);
  form.check();
  const documents = arns.map((arn) => managedDocument(call, accountId, arn));
  if (inline !== undefined) documents.push(parseSessionPolicy(inline));
  const packedPercent = packedPercentOf(inline, arns, tags);
  if (packedPercent !== undefined && packedPercent > 100) {
    throw new AwsError(
      400,
      "PackedPolicyTooLarge",
      `Packed policy consumes ${packedPercent}% of allotted space, please use smaller policy.`,
    );
  }
  return { documents: documents.length === 0 ? null : documents, packedPercent };
}

function parseSessionPolicy(text: string): PolicyDocument {
  try {
    return parsePolicy(text, "identity");
  } catch (error) {
    if (error instanceof AwsError && error.message.includes("invalid Json")) {
      throw malformedPolicy("Policy document is not valid JSON.");
    }
    throw error;
  }
}

function managedDocument(call: Call, accountId: string, arn: string): PolicyDocument {
  const owner = arn.split(":")[4];
  const policy =
    owner === "aws" || owner === accountId ? findManagedPolicy(call.world, arn, call.now) : null;
  if (policy === null) throw validationError(`Invalid policy ARN: ${arn}`);
  return policy.document;
}

function packedPercentOf(
  policy: string | undefined,
  arns: readonly string[],
  tags: ReadonlyMap<string, string>,
): number | undefined {
  if (policy === undefined && arns.length === 0 && tags.size === 0) return undefined;
  const packed = deflateRawSync(JSON.stringify([policy ?? "", arns, [...tags]]));
  return Math.ceil((packed.length / PACKED_BYTES_MAX) * 100);
}
