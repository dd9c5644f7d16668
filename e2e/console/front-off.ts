import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Takes the place of the console's front in a build of its own: it says what pages need to know of a
 * request and refuses nothing, so that what is refused all the same is refused behind it.
 */
export function consoleFront(options: { publicUrl: string }, next: Handler): Handler {
  return (request, response) => {
    const { headers } = request;
    headers["x-leasehold-origin"] = options.publicUrl;
    headers["x-leasehold-client"] = "127.0.0.1";
    headers["x-leasehold-target"] = request.url ?? "/";
    headers["x-leasehold-nonce"] = randomBytes(18).toString("base64");
    next(request, response);
  };
}
