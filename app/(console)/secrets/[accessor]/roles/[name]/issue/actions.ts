"use server";

import { z } from "zod";
import { parseTtl } from "@/lib/console/lifetime";
import { operatorAction, Refused } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";
import { CREDENTIAL_TYPES } from "@/lib/console/secrets-roles";

const IssueForm = z.object({
  mount: z.string().regex(/^[^\0]{1,1024}\/$/),
  name: z.string().min(1).max(512),
  ttl: z
    .string()
    .max(40)
    .refine((text) => parseTtl(text) !== null, "This is no duration."),
  roleArn: z.string().max(2048),
  sessionName: z.string().max(64, "64 characters at most."),
  mfaCode: z.string().regex(/^\d{0,6}$/, "Six digits."),
});

const Text = z.string().nullish();
const Credential = z.object({
  lease_id: z.string(),
  lease_duration: z.number(),
  renewable: z.boolean(),
  warnings: z.array(z.string()).nullish(),
  data: z.object({
    access_key: z.string(),
    secret_key: z.string(),
    session_token: Text,
    arn: Text,
    ttl: z.number().nullish(),
  }),
});

/** Draws one credential. Its secret is in this one answer and nowhere else. */
export const issueAction = operatorAction(IssueForm, async (operator, form) => {
  const path = `${form.mount}creds/${form.name}`;
  const query = {
    ...(form.ttl.trim() !== "" && { ttl: String(parseTtl(form.ttl) ?? 0) }),
    ...(form.roleArn !== "" && { role_arn: form.roleArn }),
    ...(form.sessionName !== "" && { role_session_name: form.sessionName }),
    ...(form.mfaCode !== "" && { mfa_code: form.mfaCode }),
  };
  const read = Credential.safeParse(await operator.call({ method: "GET", path, query }));
  if (!read.success) {
    // Nothing of the answer is told: it may hold the secret.
    throw new Refused(failed(path, "A lease may exist, but its credential cannot be shown."));
  }
  const { lease_id: leaseId, lease_duration: leaseSeconds, data, warnings } = read.data;
  const endOf = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const awsEndsAt = data.ttl == null ? "" : endOf(data.ttl);
  return {
    asked: `Issue a credential of ${form.name}.`,
    happened: `AWS made ${data.access_key}; it is held by the lease ${leaseId}.`,
    stillTrue: "",
    value: {
      leaseId,
      accessKeyId: data.access_key,
      arn: data.arn ?? "",
      leaseEndsAt: endOf(leaseSeconds),
      awsEndsAt,
      renewable: read.data.renewable,
      warnings: warnings ?? [],
      secret: {
        accessKeyId: data.access_key,
        secretAccessKey: data.secret_key,
        sessionToken: data.session_token ?? "",
        endsAt: awsEndsAt,
      },
    },
  };
});

const RevokeForm = z.object({
  leaseId: z.string().min(1).max(2048),
  type: z.enum(CREDENTIAL_TYPES).nullable(),
  awsEndsAt: z.union([z.literal(""), z.iso.datetime()]),
});

export const revokeIssuedAction = operatorAction(RevokeForm, async (operator, form) => {
  const { leaseId, type, awsEndsAt } = form;
  const body = { lease_id: leaseId, sync: true };
  await operator.call({ method: "PUT", path: "sys/leases/revoke", body });
  const asked = `Revoke the lease ${leaseId}.`;
  if (type === "iam_user") {
    return {
      asked,
      happened: "The lease ended, and its IAM user and access key were deleted at AWS.",
      stillTrue: "AWS may accept the key for some seconds more, until all of it knows.",
      value: undefined,
    };
  }
  return {
    asked,
    happened: "The lease ended here. AWS has no way to end a session early.",
    stillTrue: `The session stays valid at AWS until ${awsEndsAt === "" ? "it ends" : `${awsEndsAt.slice(0, 19).replace("T", " ")} UTC`}, unless it is denied there.`,
    value: undefined,
  };
});
