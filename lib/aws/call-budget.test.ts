import { expect, test } from "vitest";
import { CallBudget } from "@/lib/aws/call-budget";

const LIMITS = { inFlightMax: 2, waitingMax: 1, waitMsMax: 10, failuresMax: 3, restMs: 20 };

/** A call that ends when it is told to. */
function held(): { call: () => Promise<string>; end: () => void } {
  let end: () => void = () => undefined;
  const promise = new Promise<string>((resolve) => (end = () => resolve("done")));
  return { call: () => promise, end: () => end() };
}

test("T36 the place of a finished call goes to who waits", async () => {
  const budget = new CallBudget({ ...LIMITS, waitMsMax: 1_000 });
  const [one, two] = [held(), held()];
  const running = [budget.run("e", one.call), budget.run("e", two.call)];

  const third = budget.run("e", () => Promise.resolve("third"));
  one.end();

  await expect(third).resolves.toBe("third");
  two.end();
  await Promise.all(running);
});

test("T36 who waits too long, or finds the queue full, is turned away", async () => {
  const budget = new CallBudget(LIMITS);
  const [one, two] = [held(), held()];
  const running = [budget.run("e", one.call), budget.run("e", two.call)];
  const queued = budget.run("e", () => Promise.resolve("queued"));

  await expect(budget.run("e", () => Promise.resolve("late"))).rejects.toMatchObject({
    facts: { throttled: true },
  });
  await expect(queued).rejects.toMatchObject({ facts: { throttled: true } });
  one.end();
  two.end();
  await Promise.all(running);
  await expect(budget.run("e", () => Promise.resolve("after"))).resolves.toBe("after");
});

test("T37 while an endpoint rests nothing is sent to it", async () => {
  const budget = new CallBudget({ ...LIMITS, restMs: 60_000 });
  let calls = 0;
  const failing = (): Promise<string> => {
    calls += 1;
    return Promise.reject(new Error("down"));
  };
  for (let i = 0; i < 3; i += 1) await expect(budget.run("e", failing)).rejects.toThrow("down");

  await expect(budget.run("e", failing)).rejects.toMatchObject({ facts: { throttled: true } });
  expect(calls).toBe(3);
});
