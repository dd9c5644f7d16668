import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Ports } from "@/lib/engine/ports";
import { corsOf, isAllowedOrigin, type Cors } from "@/lib/engine/system/cors";
import { errorsResponse } from "@/lib/vault-api/error-envelope";
import type { ApiRequest, ApiResponse, Dispatch } from "@/lib/vault-api/exchange";

const METHODS = ["DELETE", "GET", "OPTIONS", "POST", "PUT", "PATCH", "LIST"];
/** How long a browser may keep the answer to its pre-flight request. */
const PREFLIGHT_SECONDS = 300;

/**
 * Keeps pages of other origins out, or lets them read the answers, as configured. Requests without an
 * `Origin` (all but those of browsers) are not looked at.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function withCors(ports: Pick<Ports, "extras">, dispatch: Dispatch): Dispatch {
  return async (request, inside) => {
    const origin = request.headers["origin"] ?? "";
    if (origin === "" || inside !== undefined) return dispatch(request, inside);
    const cors = await currentCors(ports);
    if (cors === null) return dispatch(request);
    return answerOrigin(cors, origin, { request, dispatch });
  };
}

/** Without a database nobody gets in anyway, and the status of this server is no secret. */
async function currentCors({ extras }: Pick<Ports, "extras">): Promise<Cors | null> {
  let config: ConfigSnapshot;
  try {
    config = await extras.snapshot();
  } catch {
    return null;
  }
  return corsOf(config);
}

async function answerOrigin(
  cors: Cors,
  origin: string,
  { request, dispatch }: { request: ApiRequest; dispatch: Dispatch },
): Promise<ApiResponse> {
  if (!isAllowedOrigin(cors, origin)) return errorsResponse(403, ["origin not allowed"]);
  const headers = { "access-control-allow-origin": origin, vary: "Origin" };
  if (request.method === "OPTIONS") {
    const wanted = request.headers["access-control-request-method"] ?? "";
    if (!METHODS.includes(wanted)) return { status: 405, headers: {}, body: null };
    return { status: 200, headers: { ...headers, ...preflightHeaders(cors) }, body: null };
  }
  const answer = await dispatch(request);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function preflightHeaders(cors: Cors): Record<string, string> {
  return {
    "access-control-allow-methods": METHODS.join(","),
    "access-control-allow-headers": cors.allowedHeaders.join(","),
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
}
