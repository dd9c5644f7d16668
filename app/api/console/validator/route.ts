import { operatorRoute } from "@/lib/console/operator";
import { readVerdicts } from "@/lib/console/validator";
import { ValidatorAddress } from "@/lib/console/validator-address";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(ValidatorAddress, readVerdicts);
