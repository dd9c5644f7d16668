"use server";

import { z } from "zod";
import { operatorAction } from "@/lib/console/operator";
import { FREEZES_PATH } from "@/lib/console/respond";

const Text = z.string().trim().max(300, "At most 300 characters.");
const Reason = Text.min(1, "A reason is needed: it stands in the log.");

export const freezeAction = operatorAction(
  z.object({
    target: z.union([
      z.strictObject({ principal: z.string().max(512) }),
      z.strictObject({ mount: z.string().max(512), role: z.string().max(512) }),
    ]),
    hours: z.number().int().min(1).max(720),
    message: Text,
    reason: Reason,
  }),
  async (operator, { target, hours, message, reason }) => {
    const body = { ...target, ttl: `${hours}h`, message, reason };
    await operator.call({ method: "POST", path: FREEZES_PATH, body });
    const whom = "principal" in target ? target.principal : `${target.mount}${target.role}`;
    return {
      asked: `Freeze ${whom}.`,
      happened: `${whom} logs in no more and is given no credentials for ${hours} h.`,
      stillTrue: "What it holds already still works until it is revoked.",
      value: undefined,
    };
  },
);

export const endFreezeAction = operatorAction(
  z.object({ id: z.uuid() }),
  async (operator, { id }) => {
    await operator.call({ method: "DELETE", path: `${FREEZES_PATH}/${id}` });
    return {
      asked: `End the freeze ${id}.`,
      happened: "The freeze has ended: new logins and credentials are given again.",
      stillTrue: "",
      value: undefined,
    };
  },
);
