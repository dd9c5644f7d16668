import { z } from "zod";

const TIMEOUT_MS = 35_000;

/** Sends `"PUT aws/roles/app"` with a body and gives what was answered; null for an empty answer. */
export type Api = (request: string, body?: unknown) => Promise<unknown>;

/** The API answered, and said no. */
export class ApiRefused extends Error {
  override readonly name = "ApiRefused";
  readonly status: number;

  constructor(request: string, status: number, errors: readonly string[]) {
    super(`${request} answered ${status}: ${errors.join("; ") || "not found"}`);
    this.status = status;
  }
}

const Refusal = z.object({ errors: z.array(z.string()) }).catch({ errors: [] });

/** Speaks to the API at `url` over HTTP, as any client does. */
export function apiAt(url: string, token?: string): Api {
  const headers = {
    "x-vault-request": "true",
    ...(token === undefined ? {} : { "x-vault-token": token }),
  };
  return async (request, body) => {
    const [method = "GET", path = ""] = request.split(" ");
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? null : JSON.parse(text);
    if (!response.ok) throw new ApiRefused(request, response.status, Refusal.parse(answer).errors);
    return answer;
  };
}

/** Null when there is nothing at the path. */
export async function readOrNull(api: Api, path: string): Promise<unknown> {
  try {
    return await api(`GET ${path}`);
  } catch (error) {
    if (error instanceof ApiRefused && error.status === 404) return null;
    throw error;
  }
}
