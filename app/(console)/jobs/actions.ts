"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { createJob } from "@/lib/console/jobs-create";
import { operatorAction } from "@/lib/console/operator";

export const retryJobAction = operatorAction(
  z.object({ id: z.uuid() }),
  async (operator, { id }) => {
    await createJob(operator, {}, `/${id}/retry`);
    revalidatePath("/jobs", "layout");
    return {
      asked: `Try the failed leases of job ${id} again.`,
      happened: "They wait for their turn again.",
      stillTrue: "Until they are done, their credentials may still work.",
      value: undefined,
    };
  },
);
