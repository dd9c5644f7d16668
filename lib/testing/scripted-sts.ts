import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export type StsReply = {
  status?: number;
  headers?: Record<string, string | undefined>;
  body?: string;
};

/** One request as it came: its line, its header lines in order, its body. */
export type StsRequest = { line: string; headers: readonly string[]; body: string };

export type ScriptedSts = {
  url: string;
  requests: StsRequest[];
  /** Sockets that are open now. */
  openSockets: () => number;
  /** How it answers from now on: in turn, the last for ever, or by a function. */
  answers(
    ...replies: StsReply[] | [(request: IncomingMessage, response: ServerResponse) => void]
  ): void;
  close(): Promise<void>;
};

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** The document of a sound GetCallerIdentity answer. */
export function identityXml(arn: string, account = "111111111111", userId = "AIDAUSER"): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
}

/** A server that answers whatever it is told to, for replies that no AWS would give. */
export async function startScriptedSts(): Promise<ScriptedSts> {
  const requests: StsRequest[] = [];
  const sockets = new Set<Socket>();
  let handle: Handle = (_request, response) => void response.writeHead(500).end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { rawHeaders, method = "", url = "" } = request;
      requests.push({
        line: `${method} ${url}`,
        headers: rawHeaders.flatMap((name, i) =>
          i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ""}`] : [],
        ),
        body: Buffer.concat(chunks).toString("latin1"),
      });
      handle(request, response);
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    openSockets: () => sockets.size,
    answers: (...script) => {
      const [first] = script;
      handle = typeof first === "function" ? first : inTurn(script as StsReply[]);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function inTurn(replies: readonly StsReply[]): Handle {
  let given = 0;
  return (_request, response) => {
    const reply = replies[Math.min(given, replies.length - 1)] ?? {};
    given += 1;
    const headers: Record<string, string | undefined> = {
      "content-type": "text/xml",
      ...reply.headers,
    };
    response.statusCode = reply.status ?? 200;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) response.setHeader(name, value);
    }
    response.end(reply.body ?? identityXml("arn:aws:iam::111111111111:user/ci"));
  };
}
