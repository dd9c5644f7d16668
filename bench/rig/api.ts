import { z } from "zod";
import { HttpConnection, type Answer } from "@/bench/rig/http-connection";

export const LoginAnswer = z.object({
  auth: z.object({ client_token: z.string(), accessor: z.string(), lease_duration: z.number() }),
});

export const CredentialAnswer = z.object({
  lease_id: z.string(),
  lease_duration: z.number(),
  data: z.object({ access_key: z.string(), secret_key: z.string() }),
});

export const RenewAnswer = z.object({ lease_duration: z.number() });

export const LeaseList = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** `"PUT aws/roles/app"` with a body: one request of the API, by one connection. */
export function ask(
  connection: HttpConnection,
  request: string,
  { token, body }: { token?: string; body?: unknown } = {},
): Promise<Answer> {
  const [method = "GET", path = ""] = request.split(" ");
  return connection.send({
    method,
    path: `/v1/${path}`,
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/**
 * Makes requests in turn, as root.
 *
 * @throws Error with the answer to the first that is refused.
 */
export async function askAll(
  url: string,
  token: string,
  requests: readonly (readonly [request: string, body?: unknown])[],
): Promise<void> {
  const connection = new HttpConnection(url);
  for (const [request, body] of requests) {
    const answer = await ask(connection, request, { token, body });
    if (answer.status >= 300) {
      throw new Error(`${request} was answered ${answer.status}: ${answer.body.trim()}`);
    }
  }
  connection.close();
}
