import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answer } from "@/lib/aws-simulator/answer";
import { control, CONTROL_PREFIX } from "@/lib/aws-simulator/control";
import { Faults } from "@/lib/aws-simulator/faults";
import { Ledger } from "@/lib/aws-simulator/ledger";
import { render } from "@/lib/aws-simulator/render";
import { applySeed, type Seed } from "@/lib/aws-simulator/seed";
import type { WireRequest } from "@/lib/aws-simulator/signature";
import { type Clock, World } from "@/lib/aws-simulator/state";

type AwsSimulatorOptions = {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly seed?: Seed;
  readonly clock?: Clock;
  /** From 0 to 1, for faults that strike with a probability. */
  readonly random?: () => number;
};

/** A running simulator, with its state at hand for tests in the same process. */
export type AwsSimulator = {
  readonly url: string;
  readonly world: World;
  readonly faults: Faults;
  readonly ledger: Ledger;
  seed(seed: Seed): void;
  close(): Promise<void>;
};

const BODY_BYTES_MAX = 1024 * 1024;

/** Longer than clients keep idle connections, so that none is cut under a request. */
const IDLE_MS = 65_000;

/** Starts an AWS of STS and IAM on `host`, 127.0.0.1 by default. */
export async function startAwsSimulator(options: AwsSimulatorOptions = {}): Promise<AwsSimulator> {
  const { port = 0, host = "127.0.0.1", seed, clock = Date.now, random = Math.random } = options;
  const world = new World(clock);
  const simulation = { world, faults: new Faults(random), ledger: new Ledger(world) };
  if (seed !== undefined) applySeed(world, seed);

  const server = createServer((request, response) => {
    serve(simulation, request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(`The simulator failed: ${String(error)}\n`);
    });
  });
  server.keepAliveTimeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    ...simulation,
    seed: (more) => applySeed(world, more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Simulation = { readonly world: World; readonly faults: Faults; readonly ledger: Ledger };

async function serve(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === null) {
    response.writeHead(413, { connection: "close" });
    response.end();
    return;
  }
  const wire = wireRequest(request, body);
  if (wire.path.startsWith(CONTROL_PREFIX)) {
    const { status, body: json } = control(simulation, `${wire.method} ${wire.path}`, body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(json));
    return;
  }
  const outcome = await answer(simulation, wire, request.socket.remoteAddress ?? "127.0.0.1");
  if (outcome === null) {
    request.socket.destroy();
    return;
  }
  const acceptsJson = (request.headers.accept ?? "").includes("application/json");
  const reply = render(outcome, randomUUID(), acceptsJson);
  response.writeHead(reply.status, {
    ...reply.headers,
    // SDKs correct their clock by it, so it must be the simulated one.
    date: new Date(simulation.world.now()).toUTCString(),
  });
  response.end(reply.body);
}

/** Null when it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function wireRequest(request: IncomingMessage, body: Buffer): WireRequest {
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  const { rawHeaders } = request;
  return {
    method: request.method ?? "GET",
    path,
    query: query.join("?"),
    headers: rawHeaders.flatMap((name, i) =>
      i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ""] as const] : [],
    ),
    body,
  };
}
