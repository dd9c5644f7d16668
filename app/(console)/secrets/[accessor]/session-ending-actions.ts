"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { operatorAction } from "@/lib/console/operator";

const RoleArn = z
  .string()
  .trim()
  .regex(/^$|^arn:aws[\w-]*:iam::\d{12}:role\/[^*?]+$/, "This is not the ARN of an IAM role.");

export const endSessionsAction = operatorAction(
  z.object({
    path: z.string().min(1).max(512),
    mode: z.enum(["off", "deny_session"]),
    overflow: z.enum(["refuse", "cut"]),
    revoker: RoleArn,
  }),
  async (operator, { path, mode, overflow, revoker }) => {
    if (revoker !== "") {
      const account = revoker.split(":")[4] ?? "";
      await operator.call({
        method: "POST",
        path: `${path}config/accounts/${account}`,
        body: { revoker_role_arn: revoker },
      });
    }
    await operator.call({
      method: "POST",
      path: `${path}config/revocation`,
      body: { mode, overflow },
    });
    revalidatePath("/secrets", "layout");
    return {
      asked: `Change how ${path} ends AWS sessions.`,
      happened:
        mode === "off"
          ? "Sessions are left alone from now on."
          : "The sessions of leases that end from now on are denied at AWS.",
      stillTrue: mode === "off" ? "Denials that were written stay until their sessions end." : "",
      value: undefined,
    };
  },
);
