import { JobAddress, readJob } from "@/lib/console/jobs";
import { operatorRoute } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(JobAddress, readJob);
