"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { DurationInput } from "@/lib/console/durations";
import { operatorAction, Refused } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";

const MountPath = z.string().min(2).max(255).endsWith("/");
const RoleName = z
  .string()
  .trim()
  .max(512)
  .regex(
    /^\w(?:[\w.-]*\w)?$/,
    "Letters, digits, “_”, and inside also “-” and “.”; it begins and ends with a letter or digit.",
  );

const Texts = z.array(z.string().min(1).max(2048)).max(1000);
const Count = z.coerce
  .number<string>({ error: "A whole number." })
  .int("A whole number.")
  .min(0, "Not negative.");

/** By the names of the API; absent: stays as it is. */
const Changes = z
  .object({
    bound_iam_principal_arn: Texts,
    resolve_aws_unique_ids: z.boolean(),
    inferred_entity_type: z.enum(["", "ec2_instance"]),
    inferred_aws_region: z.string().trim().max(64),
    bound_account_id: Texts,
    bound_ami_id: Texts,
    bound_vpc_id: Texts,
    bound_subnet_id: Texts,
    bound_iam_role_arn: Texts,
    bound_iam_instance_profile_arn: Texts,
    bound_ec2_instance_id: Texts,
    token_policies: Texts,
    token_no_default_policy: z.boolean(),
    token_ttl: DurationInput,
    token_max_ttl: DurationInput,
    token_explicit_max_ttl: DurationInput,
    token_period: DurationInput,
    token_num_uses: Count,
    token_bound_cidrs: Texts,
    token_type: z.enum(["default", "service", "batch"]),
  })
  .partial()
  .strict();

const SaveForm = z.object({
  mount: MountPath,
  name: RoleName,
  isNew: z.boolean(),
  changes: Changes,
});

const Warned = z.object({ warnings: z.array(z.string()).nullable() });

/** Makes a role or changes what was changed of it. */
export const saveRoleAction = operatorAction(
  SaveForm,
  async (operator, { mount, name, isNew, changes }) => {
    const path = `auth/${mount}role/${name}`;
    if (isNew) {
      const there = await operator.request({ method: "GET", path });
      if (there.status === 200) {
        throw new Refused(failed(path, `There is a role ${name} already.`, there.requestId));
      }
    }
    const body = {
      ...(isNew && { auth_type: "iam" }),
      ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
    };
    const warned = Warned.safeParse(await operator.call({ method: "POST", path, body }));
    revalidatePath("/auth", "layout");
    const warnings = warned.success ? (warned.data.warnings ?? []) : [];
    return {
      asked: `Save auth role ${name}`,
      happened: `Auth role ${name} is stored. Logins from now on are judged by it.`,
      stillTrue: [
        ...warnings,
        isNew
          ? ""
          : "Tokens of earlier logins keep what they have; their next renewal follows the role.",
      ]
        .join(" ")
        .trim(),
      value: name.toLowerCase(),
    };
  },
);

export const deleteRoleAction = operatorAction(
  z.object({ mount: MountPath, name: RoleName }),
  async (operator, { mount, name }) => {
    await operator.call({ method: "DELETE", path: `auth/${mount}role/${name}` });
    revalidatePath("/auth", "layout");
    return {
      asked: `Delete auth role ${name}`,
      happened: `Auth role ${name} is deleted. Nobody can log in with it any more.`,
      stillTrue: "Tokens of earlier logins live on until they end, and cannot be renewed.",
      value: undefined,
    };
  },
);
