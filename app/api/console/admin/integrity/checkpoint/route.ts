import { z } from "zod";
import { CheckpointFile, INTEGRITY_PATH } from "@/lib/console/admin-integrity";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(z.strictObject({}), (operator) =>
  operator.read(CheckpointFile, `${INTEGRITY_PATH}/checkpoint`),
);
