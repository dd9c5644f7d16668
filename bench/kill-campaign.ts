import { parseArgs } from "node:util";
import { type CampaignReport, runCampaign, startRig } from "@/bench/campaign/campaign";
import { whenInterrupted } from "@/bench/rig/interrupt";

const SECONDS_A_KILL = 3;
const VIOLATIONS_SHOWN = 40;

/** Kills, restarts, judges; ends with 1 when a promise was broken. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "200" },
      "database-kills": { type: "string", default: "0" },
      seconds: { type: "string" },
      workloads: { type: "string", default: "20" },
      instances: { type: "string", default: "1" },
      settle: { type: "string", default: "60" },
    },
  });
  const kills = Number(values.kills);
  const terms = {
    kills,
    databaseKills: Number(values["database-kills"]),
    seconds: Number(values.seconds ?? kills * SECONDS_A_KILL),
    workloads: Number(values.workloads),
    instances: Number(values.instances),
    settleSeconds: Number(values.settle),
    log: (line: string) => process.stdout.write(`  ${line}\n`),
  };
  process.stdout.write(
    `${terms.kills} kills over ${terms.seconds} s, ${terms.workloads} workloads, ${terms.instances} instance(s)\n`,
  );
  const rig = await startRig(terms.instances, terms.workloads);
  whenInterrupted(() => rig.stop());
  try {
    print(await runCampaign(rig, terms));
  } finally {
    await rig.stop();
  }
}

function print(report: CampaignReport): void {
  const { running, starting, database } = report.kills;
  const lines = [
    "",
    `kills: ${running} of a running server, ${starting} of a starting one, ${database} of Postgres`,
    "",
    ...report.requests.map(([what, times]) => `${String(times).padStart(8)}  ${what}`),
    "",
    ...Object.entries(report.counts).map(
      ([what, count]) => `${String(count).padStart(8)}  ${what}`,
    ),
    "",
    ...report.violations.slice(0, VIOLATIONS_SHOWN).map((violation) => `VIOLATION ${violation}`),
    `${report.violations.length} violations`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = report.violations.length === 0 ? 0 : 1;
}

await main();
