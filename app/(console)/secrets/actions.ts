"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { parseTtl } from "@/lib/console/lifetime";
import { operatorAction } from "@/lib/console/operator";

/** Where an engine is enabled, with its `/` at the end. */
const MountPath = z.string().regex(/^[^\0]{1,1024}\/$/, "This is no path of a mount.");
const Ttl = z
  .string()
  .max(40)
  .refine((text) => parseTtl(text) !== null, "This is no duration.")
  .transform((text) => parseTtl(text) ?? 0);

const EnableForm = z.object({
  path: z
    .string()
    .transform((path) => path.trim().replace(/^\/+|\/+$/g, ""))
    .pipe(z.string().min(1, "A path is needed.").max(500)),
  description: z.string().max(2000),
  defaultTtl: Ttl,
  maxTtl: Ttl,
});
const Enabled = z.object({ data: z.object({ accessor: z.string() }) });

export const enableMountAction = operatorAction(EnableForm, async (operator, form) => {
  const { path, description, defaultTtl, maxTtl } = form;
  const config = { default_lease_ttl: `${defaultTtl}s`, max_lease_ttl: `${maxTtl}s` };
  const body = { type: "aws", description, config };
  await operator.call({ method: "POST", path: `sys/mounts/${path}`, body });
  const answer = await operator.call({ method: "GET", path: `sys/mounts/${path}` });
  revalidatePath("/secrets");
  return {
    asked: `Enable an AWS secrets engine at ${path}/.`,
    happened: "It is enabled and hands nothing out yet: it has no roles.",
    stillTrue: "It uses the host's own AWS credentials until a root credential is set.",
    value: { accessor: Enabled.parse(answer).data.accessor },
  };
});

const TuneForm = z.object({
  mount: MountPath,
  description: z.string().max(2000),
  defaultTtl: Ttl,
  maxTtl: Ttl,
});

export const tuneMountAction = operatorAction(TuneForm, async (operator, form) => {
  const { mount, description, defaultTtl, maxTtl } = form;
  const body = {
    description,
    default_lease_ttl: `${defaultTtl}s`,
    max_lease_ttl: `${maxTtl}s`,
  };
  await operator.call({ method: "POST", path: `sys/mounts/${mount}tune`, body });
  revalidatePath("/secrets", "layout");
  return {
    asked: `Change the settings of ${mount}.`,
    happened: "They hold for every credential issued from now on.",
    stillTrue: "Leases that exist already end when they did.",
    value: undefined,
  };
});

const DisableForm = z
  .object({ mount: MountPath, confirmed: z.string() })
  .refine(({ mount, confirmed }) => confirmed.replace(/\/?$/, "/") === mount, {
    path: ["confirmed"],
    message: "This is not the path of the mount.",
  });

export const disableMountAction = operatorAction(DisableForm, async (operator, { mount }) => {
  await operator.call({ method: "DELETE", path: `sys/mounts/${mount.slice(0, -1)}` });
  revalidatePath("/secrets");
  return {
    asked: `Disable ${mount}.`,
    happened:
      "Its leases ended, the IAM users behind them were deleted at AWS, and its roles and root credential are forgotten.",
    stillTrue: "Sessions of AWS that it had handed out stay valid until they end.",
    value: undefined,
  };
});

const Rotated = z.object({
  data: z.object({ access_key: z.string() }),
  warnings: z.array(z.string()).nullish(),
});

export const rotateRootAction = operatorAction(
  z.object({ mount: MountPath, accessKey: z.string().max(128) }),
  async (operator, { mount, accessKey }) => {
    const path = `${mount}config/rotate-root`;
    const { data, warnings } = Rotated.parse(
      await operator.call({ method: "POST", path, body: {} }),
    );
    revalidatePath("/secrets", "layout");
    const pending = warnings?.[0] ?? "";
    return {
      asked: `Replace the access key ${accessKey} of ${mount}.`,
      happened: `AWS made ${data.access_key} for the same IAM user, and the mount uses it.${
        pending === "" ? ` ${accessKey} was deleted at AWS.` : ""
      }`,
      stillTrue:
        pending === ""
          ? "Credentials issued before stay valid until their leases end."
          : `${accessKey} still exists at AWS; its deletion is tried again. ${pending}`,
      value: { accessKey: data.access_key },
    };
  },
);

const LeaseForm = z
  .object({ mount: MountPath, lease: Ttl, leaseMax: Ttl })
  .refine(({ lease, leaseMax }) => lease === 0 || leaseMax === 0 || lease <= leaseMax, {
    path: ["lease"],
    message: "Longer than the maximum.",
  });

export const writeLeaseConfigAction = operatorAction(LeaseForm, async (operator, form) => {
  const { mount, lease, leaseMax } = form;
  const body = { lease: `${lease}s`, lease_max: `${leaseMax}s` };
  await operator.call({ method: "POST", path: `${mount}config/lease`, body });
  revalidatePath("/secrets", "layout");
  return {
    asked: `Change how long credentials of IAM users live on ${mount}.`,
    happened: "It holds for leases issued from now on, and whenever one is renewed.",
    stillTrue: "Sessions of AWS follow their role's TTLs, not these.",
    value: undefined,
  };
});
