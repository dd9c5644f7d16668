import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { askAll } from "@/bench/rig/api";
import { Child, freePort } from "@/bench/rig/child";
import { loginForm } from "@/bench/rig/login-form";
import { bundlePrograms } from "@/bench/rig/programs";
import { startEmbedded } from "@/lib/postgres/embedded";

const ACCOUNT = "123456789012";
const SERVER_ID = "leasehold.bench";
/** Session names in the fleet; a login takes one by turns. */
const WORKLOADS = 1000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** As long as those of AWS. */
const SESSION_TOKEN = "IQoJb3JpZ2luX2VjE".padEnd(860, "x");
const POLICY = `
path "bench-aws/creds/*" { capabilities = ["read", "update"] }
path "sys/leases/*" { capabilities = ["update"] }
`;
const DOCUMENT = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: "*" }],
});

/** Which server is measured, and the processes whose use of the machine counts. */
export type Target = {
  url: string;
  rootToken: string;
  pids: { server: number; postgres: number; stub: number };
  stubUrl: string;
};

export type OwnTarget = Target & {
  databaseUrl: string;
  server: Child;
  stop: () => Promise<void>;
};

/** A server of its own, all three roles in one process, on the embedded Postgres, with the stub for AWS. */
export async function startTarget(): Promise<OwnTarget> {
  const dataDir = mkdtempSync(join(tmpdir(), "leasehold-bench-"));
  chmodSync(dataDir, 0o711);
  const programs = await bundlePrograms(["lib/process/server", "bench/aws-stub"]);
  const stub = await startStub(programs.path("aws-stub"), dataDir);
  const database = await startEmbedded({ dataDir });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const rootToken = randomBytes(12).toString("hex");
  const server = new Child({
    program: programs.path("server"),
    env: {
      LEASEHOLD_PORT: String(port),
      LEASEHOLD_DATA_DIR: dataDir,
      LEASEHOLD_LOCAL_AWS: "on",
      LEASEHOLD_AMBIENT_AWS: "off",
      LEASEHOLD_ROOT_TOKEN: rootToken,
    },
    logFile: join(dataDir, "server.log"),
    readyUrl: `${url}/v1/sys/health`,
  });
  server.start();
  await server.ready();
  const target: OwnTarget = {
    ...{ url, rootToken, server, databaseUrl: database.url, stubUrl: stub.url },
    pids: { server: server.pid, postgres: database.pid, stub: stub.child.pid },
    stop: async () => {
      await server.stop();
      await stub.child.kill();
      await database.stop();
      programs.remove();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  await configure(target);
  return target;
}

/** The AWS of a measurement. */
export async function startStub(
  program: string,
  logFolder: string,
): Promise<{ child: Child; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = new Child({
    program,
    args: ["--port", String(port)],
    logFile: join(logFolder, "aws-stub.log"),
    readyUrl: `${url}/`,
  });
  child.start();
  await child.ready();
  return { child, url };
}

/** Mounts, roles and policy of the measurements, made anew. */
export async function configure({ url, rootToken, stubUrl }: Target): Promise<void> {
  const access = {
    access_key: "AKIABENCHROOT0000001",
    secret_key: "bench",
    iam_endpoint: stubUrl,
    sts_endpoint: stubUrl,
  };
  await askAll(url, rootToken, [
    ["DELETE sys/auth/bench-aws"],
    ["DELETE sys/mounts/bench-aws"],
    ["PUT sys/policies/acl/bench", { policy: POLICY }],
    ["POST sys/auth/bench-aws", { type: "aws" }],
    ["PUT auth/bench-aws/config/client", { ...access, iam_server_id_header_value: SERVER_ID }],
    [
      "PUT auth/bench-aws/role/app",
      {
        auth_type: "iam",
        resolve_aws_unique_ids: false,
        bound_iam_principal_arn: `arn:aws:iam::${ACCOUNT}:role/bench-app`,
        token_policies: "bench",
        token_ttl: "12h",
        token_max_ttl: "24h",
      },
    ],
    ["POST sys/mounts/bench-aws", { type: "aws" }],
    ["PUT bench-aws/config/root", { ...access, region: "us-east-1" }],
    ["PUT bench-aws/config/lease", { lease: "12h", lease_max: "24h" }],
    [
      "PUT bench-aws/roles/sts",
      {
        credential_type: "assumed_role",
        role_arns: [`arn:aws:iam::${ACCOUNT}:role/bench-target`],
        policy_document: DOCUMENT,
        default_sts_ttl: "12h",
        max_sts_ttl: "12h",
      },
    ],
    [
      "PUT bench-aws/roles/user",
      {
        credential_type: "iam_user",
        policy_document: DOCUMENT,
        policy_arns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        iam_groups: ["bench"],
      },
    ],
  ]);
}

let logins = 0;

/** A login that no other resembles: each has an access key, and so a signature, of its own. */
export function nextLogin(): string {
  logins += 1;
  const workload = logins % WORKLOADS;
  const name = lettersOf(workload).slice(-4);
  const credentials = {
    accessKeyId: `ASIA${lettersOf(process.pid).slice(-4)}${lettersOf(logins).slice(-8)}${name}`,
    secretAccessKey: `bench/workload/${workload}`,
    sessionToken: SESSION_TOKEN,
  };
  return JSON.stringify(loginForm("app", credentials, { serverId: SERVER_ID, now: Date.now() }));
}

/** A number in the letters of access key ids, eight of them. */
function lettersOf(number: number): string {
  let text = "";
  for (let rest = number; text.length < 8; rest = Math.floor(rest / LETTERS.length)) {
    text = (LETTERS[rest % LETTERS.length] ?? "A") + text;
  }
  return text;
}
