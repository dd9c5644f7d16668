import { z } from "zod";
import type { ConsoleAnswer, ConsoleRequest } from "@/lib/console/engine";

/** Why a read or a change was not done, for the page to say. */
export const Refusal = z.object({
  kind: z.enum(["forbidden", "not_found", "unavailable", "failed", "signed_out"]),
  message: z.string(),
  /** As the audit log has it; empty where nothing reached the API. */
  requestId: z.string(),
  /** What the operator's policies lack, on this path. */
  capability: z.string(),
  path: z.string(),
  /** Of the API's answer; absent where nothing reached it. */
  status: z.number().optional(),
});
export type Refusal = z.infer<typeof Refusal>;

const Errors = z.object({ errors: z.array(z.string()) });

const CAPABILITIES: Readonly<Record<ConsoleRequest["method"], string>> = {
  GET: "read",
  LIST: "list",
  POST: "update",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** The refusal that an answer of the API is; null: it is none. */
export function refusalOf(
  asked: Pick<ConsoleRequest, "method" | "path">,
  { status, body, requestId }: ConsoleAnswer,
): Refusal | null {
  if (status < 400) return null;
  const said = Errors.safeParse(body);
  const message = said.success ? said.data.errors.join("; ").trim() : "";
  return {
    kind: kindOf(status, message),
    message: plain(message) || textOf(status),
    requestId,
    capability: CAPABILITIES[asked.method],
    path: asked.path,
    status,
  };
}

export function signedOut(path: string): Refusal {
  const message = "You are signed out.";
  return { kind: "signed_out", message, requestId: "", capability: "", path };
}

export function failed(path: string, message: string, requestId = ""): Refusal {
  return { kind: "failed", message, requestId, capability: "", path };
}

function kindOf(status: number, message: string): Refusal["kind"] {
  // Only the answer to a token that opens nothing any more has these words.
  if (status === 403 && message.includes("invalid token")) return "signed_out";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  return status === 503 || status === 502 || status === 429 ? "unavailable" : "failed";
}

/** Vault's list form, `1 error occurred:\n\t* …`, as a sentence. */
function plain(message: string): string {
  return message
    .replace(/^\d+ errors? occurred:\s*/, "")
    .split(/\s*\* /)
    .filter((part) => part.trim() !== "")
    .join("; ")
    .trim();
}

function textOf(status: number): string {
  if (status === 404) return "There is no such thing.";
  return status >= 500 ? "The server could not do this." : "The server refused this.";
}
