"use server";

import { z } from "zod";
import { operatorAction } from "@/lib/console/operator";
import { VALIDATOR_PATH } from "@/lib/console/validator";

const PATH = `${VALIDATOR_PATH}/check`;

export const checkRoleAction = operatorAction(
  z.object({ mount: z.string().min(1).max(1024), role: z.string().min(1).max(512) }),
  async (operator, { mount, role }) => {
    const body = await operator.call({ method: "POST", path: PATH, body: { mount, role } });
    const told = z.object({ data: z.object({ status: z.string() }) }).safeParse(body);
    return {
      asked: `Check the role ${role} of ${mount} at AWS.`,
      happened: `AWS was asked: the role ${role} is ${told.success ? told.data.data.status : "judged anew"}.`,
      stillTrue: "After a change at AWS, IAM may go on telling the old value for a while.",
      value: undefined,
    };
  },
);

export const checkAllAction = operatorAction(z.object({}), async (operator) => {
  await operator.call({ method: "POST", path: PATH, body: { all: true } });
  return {
    asked: "Check all roles at AWS.",
    happened: "All targets are asked about anew, at most five a second and account.",
    stillTrue: "Rows show what was known before until AWS has answered for them.",
    value: undefined,
  };
});
