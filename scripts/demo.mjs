// npm run demo: from a fresh clone to a running Leasehold with a simulated AWS and a small fleet.
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { failWith, installPackages, ROOT, StepFailed, withSetupLock } from "./steps.mjs";

const USAGE = `npm run demo -- [options]

  --port N        port of the API and the console (8200)
  --data-dir DIR  where everything is written (.leasehold)
  --no-fleet      no simulated workloads
  --leases N      so many live leases, and half as many that have ended, by SQL (0)
  --audit N       so many entries of the audit log over the past 30 days (0)`;

/** As many as a laptop's disk takes: some 2 GB of leases, some 30 GB of entries. */
const LEASES_MAX = 2_000_000;
const ENTRIES_MAX = 20_000_000;

try {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
  } else {
    await start(options);
  }
} catch (error) {
  failWith(error);
}

async function start({ port, dataDir, fleet, rows }) {
  await refuseTakenPort(port);
  process.stdout.write("Leasehold demo\n");
  await withSetupLock(async () => {
    await installPackages();
    const { buildWhatIsStale } = await import("./build.mjs");
    await buildWhatIsStale();
  });
  process.env.NODE_ENV = "production";
  // Said of the Node version by the AWS SDK at every start, to people who only try the demo.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  process.setSourceMapsEnabled(true);
  const { startDemo } = await import(pathToFileURL(join(ROOT, "dist/demo.js")).href);
  await startDemo({ port, dataDir, fleet, rows });
}

function readOptions() {
  const { values } = parseOrRefuse();
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StepFailed(`--port must be a port number from 1 to 65535, not "${values.port}".`);
  }
  return {
    port,
    dataDir: resolve(ROOT, values["data-dir"]),
    fleet: !values["no-fleet"],
    rows: {
      leases: amountOf("leases", values.leases, LEASES_MAX),
      entries: amountOf("audit", values.audit, ENTRIES_MAX),
    },
    help: values.help,
  };
}

function amountOf(name, text, max) {
  const amount = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(amount <= max)) {
    throw new StepFailed(
      `--${name} must be a number from 0 to ${max}, without separators, not "${text}".`,
    );
  }
  return amount;
}

function parseOrRefuse() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: "8200" },
        "data-dir": { type: "string", default: ".leasehold" },
        "no-fleet": { type: "boolean", default: false },
        leases: { type: "string", default: "0" },
        audit: { type: "string", default: "0" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new StepFailed(`${error.message}\n\n${USAGE}`);
  }
}

/** Said at once, not after a minute of installing. */
function refuseTakenPort(port) {
  return new Promise((done, refuse) => {
    const probe = createServer();
    probe.on("error", ({ code }) => {
      const reason = code === "EADDRINUSE" ? "another program listens there" : code;
      const next = existsSync(join(ROOT, ".leasehold")) ? " --data-dir .leasehold-2" : "";
      refuse(
        new StepFailed(
          `Port ${port} is not free (${reason}). Choose another: npm run demo -- --port ${port + 10}${next}`,
        ),
      );
    });
    probe.listen(port, "127.0.0.1", () => probe.close(done));
  });
}
