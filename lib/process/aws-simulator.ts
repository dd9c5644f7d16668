import { parseArgs } from "node:util";
import { DEFAULT_FLEET } from "@/lib/aws-simulator/default-fleet";
import { startAwsSimulator } from "@/lib/aws-simulator/server";

const PORT_DEFAULT = "8221";
const PORT_MAX = 65_535;

/** `aws-simulator [--port N] [--host H] [--empty]`: the simulator by itself, until a signal. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: PORT_DEFAULT },
      host: { type: "string", default: "127.0.0.1" },
      empty: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw new Error(`--port must be a number from 0 to ${PORT_MAX}, not ${values.port}`);
  }
  const simulator = await startAwsSimulator({
    port,
    host: values.host,
    ...(values.empty ? {} : { seed: DEFAULT_FLEET }),
  });
  process.stdout.write(`AWS simulator (STS and IAM) at ${simulator.url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void simulator.close());
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const taken = message.includes("EADDRINUSE");
  process.stderr.write(taken ? `${message}: give another --port\n` : `${message}\n`);
  process.exitCode = 1;
});
