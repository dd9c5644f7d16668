import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { refusalOf, signedOut, type Refusal } from "@/lib/console/refusal";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";
import type { TailAsked } from "@/lib/process/console-front";
import type { Dispatch } from "@/lib/vault-api/exchange";
import { sendTail } from "@/lib/vault-api/tail-stream";

const PATH = "sys/leasehold/audit/tail";
const STATUS_SIGNED_OUT = 401;

type TailHandler = (request: IncomingMessage, response: ServerResponse, asked: TailAsked) => void;

/**
 * The live tail of the audit log for a browser: the API's own, opened with the token behind the console
 * session, for as long as that session lives. Watching does not keep it alive.
 */
export function consoleTail(
  ports: Pick<Ports, "consoleSessions" | "report">,
  dispatch: Dispatch,
): TailHandler {
  return (request, response, asked) => {
    open({ ports, dispatch }, request, response, asked).catch((error: unknown) => {
      ports.report("a live tail could not be opened", error);
      response.destroy();
    });
  };
}

async function open(
  { ports, dispatch }: { ports: Pick<Ports, "consoleSessions">; dispatch: Dispatch },
  request: IncomingMessage,
  response: ServerResponse,
  { cookie, clientAddress }: TailAsked,
): Promise<void> {
  const session = cookie === null ? null : await ports.consoleSessions.byCookie(new Secret(cookie));
  if (cookie === null || session === null) {
    refuse(response, STATUS_SIGNED_OUT, signedOut(PATH));
    return;
  }
  const requestId = randomUUID();
  const answer = await dispatch(
    {
      method: "GET",
      target: `/v1/${PATH}${queryOf(request)}`,
      headers: headersOf(request),
      body: Buffer.alloc(0),
      peer: { address: clientAddress, port: request.socket.remotePort ?? 0 },
    },
    { requestId, clientAddress, tokenHmac: session.tokenHmac },
  );
  if (answer.tail !== undefined) {
    sendTail(response, answer, answer.tail, async () => {
      return (await ports.consoleSessions.byCookie(new Secret(cookie))) !== null;
    });
    return;
  }
  const said = { status: answer.status, body: bodyOf(answer.body), requestId };
  const refusal = refusalOf({ method: "GET", path: PATH }, said);
  if (refusal === null) throw new Error("the tail was answered with something else");
  refuse(response, answer.status, refusal);
}

function queryOf({ url = "" }: IncomingMessage): string {
  const mark = url.indexOf("?");
  return mark < 0 ? "" : url.slice(mark);
}

/** What the log tells of a browser, and how far it had come. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const told: Record<string, string> = {};
  for (const name of ["user-agent", "last-event-id"]) {
    const value = headers[name];
    if (typeof value === "string") told[name] = value;
  }
  return told;
}

function bodyOf(body: string | Buffer | null): unknown {
  try {
    return JSON.parse(body?.toString() ?? "null") as unknown;
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, refusal: Refusal): void {
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    })
    .end(JSON.stringify({ refusal }));
}
