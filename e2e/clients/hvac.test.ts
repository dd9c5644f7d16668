import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  AUTH_ROLE,
  CREDENTIALS,
  startSurroundings,
  type Surroundings,
} from "@/e2e/clients/surroundings";
import { SERVER_ID } from "@/lib/demo/configuration";

const SCRIPT = fileURLToPath(new URL("hvac_walk.py", import.meta.url));
const HAS_HVAC = spawnSync("python3", ["-c", "import hvac, boto3"]).status === 0;

let surroundings: Surroundings;
beforeAll(async () => {
  if (HAS_HVAC) surroundings = await startSurroundings();
});
afterAll(async () => {
  if (HAS_HVAC) await surroundings.stop();
});

test.skipIf(!HAS_HVAC)(
  "S308 hvac logs in, draws each kind of credential, lists, renews and revokes (needs python3 with hvac and boto3)",
  async () => {
    const { leasehold, simulator, machine } = surroundings;

    const seen = await runPython({
      url: leasehold.url,
      aws: simulator.url,
      machine,
      role: AUTH_ROLE,
      serverId: SERVER_ID,
      credentials: CREDENTIALS,
    });

    expect(seen).toEqual({
      policies: ["clients", "default"],
      authenticated: true,
      works: { assumed_role: true, iam_user: true, federation_token: true, session_token: true },
      roles: [
        "app-deploy",
        "app-readonly",
        "backup-session",
        "build-user",
        "ci-upload",
        "reports-user",
      ],
      renewedSeconds: 300,
      worksAfterRevocation: false,
      authenticatedAfterRevocation: false,
    });
  },
);

/** @throws with what Python wrote, when it failed. */
function runPython(input: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = execFile("python3", [SCRIPT], (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(new Error(stderr, { cause: error }));
    });
    child.stdin?.end(JSON.stringify(input));
  });
}
