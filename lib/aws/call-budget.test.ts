import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

describe("after a rest", () => {
  const down = (): Promise<string> => Promise.reject(new Error("down"));
  const up = (): Promise<string> => Promise.resolve("up");

  async function resting(terms = { ...LIMITS, inFlightMax: 10 }): Promise<CallBudget> {
    const budget = new CallBudget(terms);
    for (let i = 0; i < 3; i += 1) await expect(budget.run("e", down)).rejects.toThrow("down");
    return budget;
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("T37 one call finds out whether the endpoint is back, the others still wait", async () => {
    const budget = await resting();
    vi.advanceTimersByTime(LIMITS.restMs);
    const probe = held();

    const probing = budget.run("e", probe.call);

    await expect(budget.run("e", up)).rejects.toMatchObject({ facts: { throttled: true } });
    probe.end();
    await expect(probing).resolves.toBe("done");
    await expect(budget.run("e", up)).resolves.toBe("up");
  });

  test("T37 it is open again with the first success, whatever else still hangs", async () => {
    const budget = new CallBudget({ ...LIMITS, inFlightMax: 10 });
    const hanging = held();
    const running = budget.run("e", hanging.call);
    for (let i = 0; i < 3; i += 1) await expect(budget.run("e", down)).rejects.toThrow("down");
    vi.advanceTimersByTime(LIMITS.restMs);

    await expect(budget.run("e", up)).resolves.toBe("up");

    await expect(budget.run("e", up)).resolves.toBe("up");
    hanging.end();
    await running;
  });

  test("T37 a probe that fails begins another rest", async () => {
    const budget = await resting();
    vi.advanceTimersByTime(LIMITS.restMs);

    await expect(budget.run("e", down)).rejects.toThrow("down");

    vi.advanceTimersByTime(LIMITS.restMs - 1);
    await expect(budget.run("e", up)).rejects.toMatchObject({ facts: { throttled: true } });
    vi.advanceTimersByTime(1);
    await expect(budget.run("e", up)).resolves.toBe("up");
  });

  test("failures count in a row only, and each host by itself", async () => {
    const budget = new CallBudget(LIMITS);

    for (let i = 0; i < 10; i += 1) {
      await expect(budget.run("e", down)).rejects.toThrow("down");
      await expect(budget.run("e", down)).rejects.toThrow("down");
      await expect(budget.run("e", up)).resolves.toBe("up");
      await expect(budget.run("other", up)).resolves.toBe("up");
    }
    for (let i = 0; i < 3; i += 1) await expect(budget.run("e", down)).rejects.toThrow("down");

    await expect(budget.run("e", up)).rejects.toMatchObject({ facts: { throttled: true } });
    await expect(budget.run("other", up)).resolves.toBe("up");
  });
});

test("who waits is served in the order of arrival", async () => {
  const budget = new CallBudget({ ...LIMITS, inFlightMax: 1, waitingMax: 3, waitMsMax: 1_000 });
  const first = held();
  const order: number[] = [];
  const running = budget.run("e", first.call);
  const waiting = [1, 2, 3].map((number) =>
    budget.run("e", () => {
      order.push(number);
      return Promise.resolve(number);
    }),
  );

  first.end();
  await Promise.all([running, ...waiting]);

  expect(order).toEqual([1, 2, 3]);
});

test("a call that fails gives its place back", async () => {
  const budget = new CallBudget({ ...LIMITS, inFlightMax: 1, failuresMax: 100 });

  for (let i = 0; i < 10; i += 1) {
    await expect(budget.run("e", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  }

  await expect(budget.run("e", () => Promise.resolve("in"))).resolves.toBe("in");
});
