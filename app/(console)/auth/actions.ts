"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { REPLAY_GUARDS } from "@/lib/console/auth-mounts";
import { DurationInput } from "@/lib/console/durations";
import { operatorAction } from "@/lib/console/operator";

/** As mounts are listed: without `auth/`, with its last slash. */
const MountPath = z
  .string()
  .trim()
  .min(1, "A path is needed.")
  .max(255)
  .transform((path) => `${path.replace(/^\/+|\/+$/g, "")}/`)
  .refine((path) => path !== "/", "A path is needed.");

const EnableForm = z.object({
  path: MountPath,
  description: z.string().max(1000),
  defaultTtl: DurationInput,
  maxTtl: DurationInput,
});

/** Enables an AWS auth method. */
export const enableAction = operatorAction(EnableForm, async (operator, form) => {
  await operator.call({
    method: "POST",
    path: `sys/auth/${form.path.slice(0, -1)}`,
    body: {
      type: "aws",
      description: form.description,
      config: { default_lease_ttl: form.defaultTtl, max_lease_ttl: form.maxTtl },
    },
  });
  revalidatePath("/auth", "layout");
  return {
    asked: `Enable AWS auth at ${form.path}`,
    happened: `AWS auth is enabled at ${form.path}`,
    stillTrue: "Nobody can log in through it until it has a role.",
    value: undefined,
  };
});

/** Disables an auth method: its tokens, roles and settings end with it. */
export const disableAction = operatorAction(
  z.object({ path: MountPath }),
  async (operator, { path }) => {
    await operator.call({ method: "DELETE", path: `sys/auth/${path.slice(0, -1)}` });
    revalidatePath("/auth", "layout");
    return {
      asked: `Disable AWS auth at ${path}`,
      happened: `AWS auth at ${path} is disabled. Its roles, its settings and the tokens of its logins are gone.`,
      stillTrue:
        "Leases of those tokens are being revoked at AWS; the list of leases says of each how far it is.",
      value: undefined,
    };
  },
);

const TuneForm = z.object({
  path: MountPath,
  description: z.string().max(1000),
  defaultTtl: DurationInput,
  maxTtl: DurationInput,
});

export const tuneAction = operatorAction(TuneForm, async (operator, form) => {
  const orSystem = (text: string): string => (text === "" ? "system" : text);
  await operator.call({
    method: "POST",
    path: `sys/auth/${form.path}tune`,
    body: {
      description: form.description,
      default_lease_ttl: orSystem(form.defaultTtl),
      max_lease_ttl: orSystem(form.maxTtl),
    },
  });
  revalidatePath("/auth", "layout");
  return {
    asked: `Tune ${form.path}`,
    happened: `The settings of ${form.path} are stored.`,
    stillTrue:
      "They hold for logins and renewals from now on. Tokens that live keep the end they have.",
    value: undefined,
  };
});

const Endpoint = z
  .string()
  .trim()
  .max(512)
  .regex(
    /^(?:https?:\/\/[^\s]+)?$/,
    "An endpoint is an address: https://sts.eu-west-1.amazonaws.com",
  );

const ClientForm = z
  .object({
    path: MountPath,
    isEnforced: z.boolean(),
    serverId: z.string().trim().max(255),
    stsEndpoint: Endpoint,
    stsRegion: z.string().trim().max(64),
    useStsRegionFromClient: z.boolean(),
    iamEndpoint: Endpoint,
    ec2Endpoint: Endpoint,
    allowedHeaders: z.array(z.string().min(1).max(128)).max(64),
    replayGuard: z.enum(REPLAY_GUARDS),
    maxRetries: z.coerce.number<string>().int("A whole number, or −1.").min(-1).max(20),
    accessKey: z.string().trim().max(128),
    /** Empty: as it is. */
    secretKey: z.string().max(256),
  })
  .refine(({ isEnforced, serverId }) => !isEnforced || serverId !== "", {
    path: ["serverId"],
    message: "To be enforced, the Server-ID needs a value.",
  });

export const saveClientAction = operatorAction(ClientForm, async (operator, form) => {
  await operator.call({
    method: "POST",
    path: `auth/${form.path}config/client`,
    body: {
      iam_server_id_header_value: form.isEnforced ? form.serverId : "",
      sts_endpoint: form.stsEndpoint,
      sts_region: form.stsRegion,
      use_sts_region_from_client: form.useStsRegionFromClient,
      iam_endpoint: form.iamEndpoint,
      endpoint: form.ec2Endpoint,
      allowed_sts_header_values: form.allowedHeaders,
      max_retries: form.maxRetries,
      replay_guard: form.replayGuard,
      access_key: form.accessKey,
      ...(form.secretKey !== "" && { secret_key: form.secretKey }),
    },
  });
  revalidatePath("/auth", "layout");
  return {
    asked: `Change the login rules of ${form.path}`,
    happened: `The login rules of ${form.path} are stored; every login from now on is judged by them.`,
    stillTrue: form.isEnforced
      ? `Clients that do not sign the header X-Vault-AWS-IAM-Server-ID: ${form.serverId} are refused.`
      : "The Server-ID is not enforced: a login that was signed for another server is taken here too.",
    value: undefined,
  };
});

const IdentityForm = z.object({
  path: MountPath,
  iamAlias: z.enum(["role_id", "unique_id", "full_arn", "canonical_arn"]),
  iamMetadata: z.array(z.string().min(1).max(64)).max(20),
});

export const saveIdentityAction = operatorAction(IdentityForm, async (operator, form) => {
  await operator.call({
    method: "POST",
    path: `auth/${form.path}config/identity`,
    body: { iam_alias: form.iamAlias, iam_metadata: form.iamMetadata },
  });
  revalidatePath("/auth", "layout");
  return {
    asked: `Change the identities of ${form.path}`,
    happened: "How logins become entities is stored.",
    stillTrue: "Entities that logins made until now stay; the next login may make another.",
    value: undefined,
  };
});

const Account = z
  .string()
  .trim()
  .regex(/^\d{12}$/, "An account id has twelve digits.");

const StsForm = z.object({
  path: MountPath,
  account: Account,
  stsRole: z
    .string()
    .trim()
    .regex(
      /^arn:[a-z-]+:iam::\d{12}:role\/\S+$/,
      "The ARN of a role: arn:aws:iam::<account>:role/<name>",
    ),
  externalId: z.string().trim().max(1224),
});

export const saveStsAction = operatorAction(StsForm, async (operator, form) => {
  await operator.call({
    method: "POST",
    path: `auth/${form.path}config/sts/${form.account}`,
    body: { sts_role: form.stsRole, external_id: form.externalId },
  });
  revalidatePath("/auth", "layout");
  return {
    asked: `Set the role for account ${form.account}`,
    happened: `Principals of account ${form.account} are looked up through ${form.stsRole}.`,
    stillTrue: "AWS is asked at the next look-up; whether the role can be assumed is known then.",
    value: undefined,
  };
});

export const deleteStsAction = operatorAction(
  z.object({ path: MountPath, account: Account }),
  async (operator, { path, account }) => {
    await operator.call({ method: "DELETE", path: `auth/${path}config/sts/${account}` });
    revalidatePath("/auth", "layout");
    return {
      asked: `Remove the role for account ${account}`,
      happened: `Principals of account ${account} are no longer looked up.`,
      stillTrue: "Tokens of earlier logins live on until they end.",
      value: undefined,
    };
  },
);
