"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { jobPath } from "@/lib/console/jobs";
import { operatorAction } from "@/lib/console/operator";

export const retryJobAction = operatorAction(
  z.object({ id: z.uuid() }),
  async (operator, { id }) => {
    await operator.call({ method: "POST", path: `${jobPath(id)}/retry`, body: {} });
    revalidatePath("/jobs", "layout");
    return {
      asked: `Try the failed leases of job ${id} again.`,
      happened: "They wait for their turn again.",
      stillTrue: "Until they are done, their credentials may still work.",
      value: undefined,
    };
  },
);
