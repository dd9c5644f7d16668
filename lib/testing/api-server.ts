import http from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { RawClient, TLS_SECRET_OF_SERVER } from "@/lib/testing/raw-http";
import type { ApiRequest, ApiResponse, Dispatch } from "@/lib/vault-api/exchange";
import {
  type Api,
  type ApiOptions,
  attachApi,
  HTTP_SERVER_OPTIONS,
} from "@/lib/vault-api/node-http";

export type ApiServer = {
  api: Api;
  server: http.Server | https.Server;
  port: number;
  /** What `dispatch` was given, in order. */
  requests: ApiRequest[];
  connect: () => Promise<RawClient>;
  /** Sends `parts` on one connection, each once all before it has arrived at the server. */
  sendApart: (client: RawClient, parts: readonly (string | Buffer)[]) => Promise<void>;
  stop: () => Promise<void>;
};

/** Tells what it was asked. */
export function echo({ method, target, body }: ApiRequest): ApiResponse {
  return {
    status: 200,
    headers: {},
    body: JSON.stringify({ method, target, body: body.toString() }),
  };
}

/** The HTTP door on a loopback port, with `dispatch` behind it; time limits are checked every 20 ms. */
export async function startApi(
  setup: Partial<ApiOptions> & { dispatch?: Dispatch; secure?: boolean } = {},
): Promise<ApiServer> {
  const { dispatch = (request: ApiRequest) => Promise.resolve(echo(request)), secure = false } =
    setup;
  const serverOptions = { ...HTTP_SERVER_OPTIONS, connectionsCheckingInterval: 20 };
  const server = secure
    ? https.createServer({ ...serverOptions, ...TLS_SECRET_OF_SERVER })
    : http.createServer(serverOptions);
  const requests: ApiRequest[] = [];
  const api = attachApi(
    server,
    (request) => {
      requests.push(request);
      return dispatch(request);
    },
    {
      bodyBytesMax: 1024 ** 2,
      loginBodyBytesMax: 128 * 1024,
      other: (request, response) =>
        response.end(`console ${request.method ?? ""} ${request.url ?? ""}`),
      ...setup,
    },
  );
  const sockets = new Map<number, Socket>();
  server.on(secure ? "secureConnection" : "connection", (socket: Socket) => {
    if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  return {
    api,
    server,
    port,
    requests,
    connect: () => RawClient.connect(port, secure),
    sendApart: async (client, parts) => {
      const socket = sockets.get(client.socket.localPort ?? 0);
      let sent = socket?.bytesRead ?? 0;
      for (const part of parts) {
        client.send(part);
        sent += Buffer.byteLength(part);
        while (!secure && socket !== undefined && !socket.destroyed && socket.bytesRead < sent) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    },
    stop: () => api.close(0),
  };
}
