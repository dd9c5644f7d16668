import { readLeases } from "@/lib/console/leases";
import { LeaseAddress } from "@/lib/console/leases-filter";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(LeaseAddress, readLeases);
