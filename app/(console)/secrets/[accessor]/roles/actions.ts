"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { operatorAction, Refused } from "@/lib/console/operator";
import { failed, refusalOf } from "@/lib/console/refusal";
import { CREDENTIAL_TYPES, roleBody } from "@/lib/console/secrets-roles";

const MountPath = z.string().regex(/^[^\0]{1,1024}\/$/, "This is no path of a mount.");
const RoleName = z
  .string()
  .regex(/^\w(?:[\w.@-]*\w)?$/, "This is no name of a role.")
  .max(512);
const Texts = z.array(z.string().max(2048)).max(100);
const Tags = z.record(z.string().max(128), z.string().max(256));
const Seconds = z.number().int().nonnegative();

const RoleForm = z.object({
  mount: MountPath,
  name: RoleName,
  isNew: z.boolean(),
  /** Why it asks for more than AWS is known to grant; empty: it does not. */
  reason: z.string().max(500),
  role: z.object({
    credential_type: z.enum(CREDENTIAL_TYPES),
    role_arns: Texts,
    policy_arns: Texts,
    policy_document: z.string().max(100_000),
    iam_groups: Texts,
    iam_tags: Tags,
    session_tags: Tags,
    external_id: z.string().max(1224),
    default_sts_ttl: Seconds,
    max_sts_ttl: Seconds,
    user_path: z.string().max(512),
    permissions_boundary_arn: z.string().max(2048),
    mfa_serial_number: z.string().max(256),
  }),
});

export const writeRoleAction = operatorAction(RoleForm, async (operator, form) => {
  const { mount, name, isNew, role, reason } = form;
  const path = `${mount}roles/${name}`;
  if (isNew) {
    // A write would merge into a role that is there already.
    const there = await operator.request({ method: "GET", path });
    const refusal = refusalOf({ method: "GET", path }, there);
    if (refusal === null) {
      throw new Refused(failed(path, `There is a role ${name} already. Edit it instead.`));
    }
  }
  await operator.call({ method: "POST", path, body: roleBody(role, !isNew) });
  if (reason !== "") {
    await operator.call({
      method: "POST",
      path: `${mount}validate/roles/${name}`,
      body: { reason },
    });
  }
  revalidatePath("/secrets", "layout");
  return {
    asked: `${isNew ? "Create" : "Change"} the role ${name} of ${mount}.`,
    happened: isNew
      ? `The role ${name} hands out credentials from now on.`
      : `The role ${name} hands out credentials as it says now.`,
    stillTrue: isNew
      ? "Whoever is to draw them needs a policy that grants it. Whether AWS grants what it asks for stands under Validator within seconds."
      : "Credentials issued before stay as they are until their leases end.",
    value: undefined,
  };
});

export const deleteRoleAction = operatorAction(
  z.object({ mount: MountPath, name: RoleName }),
  async (operator, { mount, name }) => {
    await operator.call({ method: "DELETE", path: `${mount}roles/${name}` });
    revalidatePath("/secrets", "layout");
    return {
      asked: `Delete the role ${name} of ${mount}.`,
      happened: `The role ${name} is gone and hands nothing out any more.`,
      stillTrue: "Leases issued from it live on until they end or are revoked.",
      value: undefined,
    };
  },
);
