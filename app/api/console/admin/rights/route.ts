import { z } from "zod";
import { readRights } from "@/lib/console/admin-rights";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

const Query = z.strictObject({ policies: z.string().max(20_000) });

export const GET = operatorRoute(Query, (operator, { policies }) =>
  readRights(
    operator,
    policies.split(",").filter((name) => name !== ""),
  ),
);
