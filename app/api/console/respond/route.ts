import { z } from "zod";
import { secretIn } from "@/lib/console/find-text";
import { operatorRoute } from "@/lib/console/operator";
import { respondTo } from "@/lib/console/respond";

export const dynamic = "force-dynamic";

const Query = z.strictObject({
  text: z
    .string()
    .trim()
    .min(3)
    .max(512)
    .refine((text) => secretIn(text) === null, "This looks like a secret."),
});

export const GET = operatorRoute(Query, (operator, { text }) => respondTo(operator, text));
