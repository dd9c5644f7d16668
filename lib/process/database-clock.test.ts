import { expect, test } from "vitest";
import { DatabaseClock } from "@/lib/process/database-clock";
import { createLog } from "@/lib/process/log";

const NOON = Date.parse("2026-01-02T12:00:00Z");

/** A machine whose clock is `aheadMs` ahead of the database's, and a network that takes its time. */
function machine(aheadMs: number) {
  const lines: string[] = [];
  const world = { trueMs: NOON, aheadMs };
  const log = createLog({
    level: "debug",
    json: true,
    write: (line) => void lines.push(line),
    now: () => new Date(NOON),
  });
  const clock = new DatabaseClock(() => world.trueMs + world.aheadMs, log);
  const ask = (thereMs: number, backMs: number): Promise<Date> =>
    clock.observe(
      () => {
        world.trueMs += thereMs;
        const answer = new Date(world.trueMs);
        world.trueMs += backMs;
        return Promise.resolve(answer);
      },
      (answer) => answer,
    );
  const errorMs = (): number => clock.now().getTime() - world.trueMs;
  return { world, clock, lines, ask, errorMs };
}

test.each([3_600_000, -3_600_000, 0])(
  "T178 a clock that is %d ms off shows the database's time from the first answer on",
  async (aheadMs) => {
    const { world, clock, ask, errorMs } = machine(aheadMs);

    await ask(1, 1);
    world.trueMs += 60_000;

    expect(errorMs()).toBe(0);
    expect(clock.skewMs()).toBe(aheadMs === 0 ? 0 : -aheadMs);
  },
);

test("T178 a clock that is set while the process runs is noticed with the next answer", async () => {
  const { world, ask, errorMs } = machine(0);
  await ask(1, 1);

  world.aheadMs = -1_800_000;
  await ask(2, 2);

  expect(Math.abs(errorMs())).toBeLessThan(5);
});

test("a slow answer does not spoil what a quick one told", async () => {
  const { ask, errorMs } = machine(5000);
  await ask(1, 1);

  await ask(900, 10);

  expect(errorMs()).toBe(0);
});

test("T179 a difference of two seconds is told once, and again when it comes back", async () => {
  const { world, ask, lines } = machine(1900);
  await ask(0, 0);
  expect(lines).toEqual([]);

  world.aheadMs = 31_000;
  await ask(0, 0);
  await ask(0, 0);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"aheadSeconds":31');

  world.aheadMs = 0;
  await ask(0, 0);
  world.aheadMs = 2000;
  await ask(0, 0);
  expect(lines).toHaveLength(2);
});
