import { readAttempts } from "@/lib/console/attempts";
import { AttemptAddress } from "@/lib/console/attempts-filter";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(AttemptAddress, readAttempts);
