import { readFaultRules, readSeed } from "@/lib/aws-simulator/control-input";
import { AwsError } from "@/lib/aws-simulator/errors";
import type { Faults } from "@/lib/aws-simulator/faults";
import { ControlError, JsonObject } from "@/lib/aws-simulator/json-reader";
import type { Ledger } from "@/lib/aws-simulator/ledger";
import { applySeed } from "@/lib/aws-simulator/seed";
import type { World } from "@/lib/aws-simulator/state";

/** Paths below this one steer the simulator and are no AWS. */
export const CONTROL_PREFIX = "/_simulator/";

type ControlState = { readonly world: World; readonly faults: Faults; readonly ledger: Ledger };

type ControlAnswer = { readonly status: number; readonly body: unknown };

type Control = (state: ControlState, body: Buffer) => unknown;

const CONTROLS: Readonly<Record<string, Control>> = {
  "GET /_simulator/ledger": ({ ledger }) => ledger.snapshot(),
  "GET /_simulator/calls": ({ ledger }) => ({ calls: ledger.recentCalls() }),
  "DELETE /_simulator/calls": ({ ledger }) => {
    ledger.forgetCalls();
    return {};
  },
  "GET /_simulator/faults": describeFaults,
  "POST /_simulator/faults": (state, body) => {
    const input = new JsonObject(parseJson(body), "faults");
    const offset = input.raw("clockOffsetMs");
    if (offset !== undefined && typeof offset !== "number") {
      throw new ControlError("faults.clockOffsetMs must be a number");
    }
    state.faults.set(readFaultRules(input));
    state.world.clockOffsetMs = offset ?? state.world.clockOffsetMs;
    return describeFaults(state);
  },
  "DELETE /_simulator/faults": (state) => {
    state.faults.set([]);
    state.world.clockOffsetMs = 0;
    return describeFaults(state);
  },
  "POST /_simulator/seed": ({ world }, body) => {
    applySeed(world, readSeed(parseJson(body)));
    return { accounts: [...world.accounts.keys()] };
  },
};

/** Answers a control request in JSON. */
export function control(state: ControlState, request: string, body: Buffer): ControlAnswer {
  const handle = CONTROLS[request];
  if (handle === undefined) {
    return {
      status: 404,
      body: { error: `${request} is none of ${Object.keys(CONTROLS).join(", ")}` },
    };
  }
  try {
    return { status: 200, body: handle(state, body) };
  } catch (error) {
    if (error instanceof ControlError || error instanceof AwsError) {
      return { status: 400, body: { error: error.message } };
    }
    throw error;
  }
}

function describeFaults({ faults, world }: ControlState): unknown {
  return { rules: faults.list(), clockOffsetMs: world.clockOffsetMs };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new ControlError("the body must be JSON");
  }
}
