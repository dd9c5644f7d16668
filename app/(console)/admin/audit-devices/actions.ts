"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { deviceBody, DeviceForm } from "@/lib/console/admin-devices";
import { operatorAction } from "@/lib/console/operator";

export const enableDeviceAction = operatorAction(DeviceForm, async (operator, form) => {
  await operator.call({ method: "POST", path: `sys/audit/${form.path}`, body: deviceBody(form) });
  revalidatePath("/admin/audit-devices");
  return {
    asked: `Enable audit device ${form.path}/`,
    happened: `${form.path}/ is enabled and has taken a test entry.`,
    stillTrue: form.logRaw
      ? "Every request is written to it from now on, with tokens and secrets in clear. Whoever reads it can use them."
      : "Every request is written to it from now on; what was before is in the built-in log alone.",
    value: undefined,
  };
});

/** As devices are listed: with its last slash. */
const DevicePath = z.string().regex(/^[^\0]{1,500}\/$/, "This is no path of a device.");

const DisableForm = z
  .object({ path: DevicePath, confirmed: z.string() })
  .refine(({ path, confirmed }) => `${confirmed.replace(/\/$/, "")}/` === path, {
    path: ["confirmed"],
    message: "This is not the name of the device.",
  });

export const disableDeviceAction = operatorAction(DisableForm, async (operator, { path }) => {
  await operator.call({ method: "DELETE", path: `sys/audit/${path.slice(0, -1)}` });
  revalidatePath("/admin/audit-devices");
  return {
    asked: `Disable audit device ${path}`,
    happened: `${path} is disabled: nothing is written to it any more.`,
    stillTrue:
      "The built-in log goes on. What the device has written stays where it is, and its hashes can no longer be compared: its salt is forgotten.",
    value: undefined,
  };
});

const Tested = z.object({ data: z.object({ entry_id: z.string() }) });

export const testDeviceAction = operatorAction(
  z.object({ path: DevicePath }),
  async (operator, { path }) => {
    const answer = await operator.call({
      method: "POST",
      path: `sys/leasehold/audit-devices/${path}test`,
      body: {},
    });
    revalidatePath("/admin/audit-devices");
    return {
      asked: `Test audit device ${path}`,
      happened: `${path} took the test entry ${Tested.parse(answer).data.entry_id}.`,
      stillTrue: "Whether it is read where it arrives is for you to see: look for that id there.",
      value: undefined,
    };
  },
);
