import { z } from "zod";
import { type Operator, operatorRoute, type Read } from "@/lib/console/operator";
import { type OverviewData, OverviewPart } from "@/lib/console/overview";
import { readOverviewPart } from "@/lib/console/overview-reads";

export const dynamic = "force-dynamic";

const Query = z.strictObject({ part: OverviewPart });

export const GET = operatorRoute(
  Query,
  (operator: Operator, { part }): Promise<Read<OverviewData[OverviewPart]>> =>
    readOverviewPart(operator, part),
);
