import { z } from "zod";
import { operatorRoute } from "@/lib/console/operator";
import { readFreezes } from "@/lib/console/respond";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(z.strictObject({}), (operator) => readFreezes(operator));
