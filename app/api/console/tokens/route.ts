import { operatorRoute } from "@/lib/console/operator";
import { readTokens } from "@/lib/console/tokens";
import { TokenAddress } from "@/lib/console/tokens-filter";

export const dynamic = "force-dynamic";

export const GET = operatorRoute(TokenAddress, readTokens);
