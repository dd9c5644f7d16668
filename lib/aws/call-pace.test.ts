import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallPace } from "@/lib/aws/call-pace";

const ACCOUNT = "111122223333";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function soon(ms = 60_000): Date {
  return new Date(Date.now() + ms);
}

/** Starts `count` calls of a mount; gives the order in which calls were let through. */
function callMany(pace: CallPace, mountId: string, count: number, started: string[]): void {
  for (let call = 0; call < count; call += 1) {
    void pace.take(ACCOUNT, mountId, soon()).then(() => started.push(mountId));
  }
}

test("nothing waits before AWS has throttled", async () => {
  const pace = new CallPace();
  const started: string[] = [];

  callMany(pace, "a", 1000, started);
  await vi.advanceTimersByTimeAsync(0);

  expect(started).toHaveLength(1000);
});

test("after a refusal the rate is cut, and grows again", async () => {
  const pace = new CallPace();
  const started: string[] = [];
  pace.throttled(ACCOUNT);
  for (let storm = 0; storm < 5; storm += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    pace.throttled(ACCOUNT);
  }

  callMany(pace, "a", 1000, started);
  await vi.advanceTimersByTimeAsync(1000);
  const firstSecond = started.length;
  await vi.advanceTimersByTimeAsync(9000);
  const tenthSecond = started.length;

  expect(firstSecond).toBeGreaterThan(0);
  expect(firstSecond).toBeLessThan(20);
  expect(tenthSecond / 10).toBeGreaterThan(firstSecond);
});

test("a mount with little to do waits its turn, not for all of another", async () => {
  const pace = new CallPace();
  const started: string[] = [];
  pace.throttled(ACCOUNT);

  callMany(pace, "busy", 5000, started);
  callMany(pace, "small", 3, started);
  await vi.advanceTimersByTimeAsync(1000);

  expect(started.slice(0, 7).filter((mountId) => mountId === "small")).toHaveLength(3);
});

test("a call that would start too late is refused as throttled", async () => {
  const pace = new CallPace();
  pace.throttled(ACCOUNT);
  const started: string[] = [];
  callMany(pace, "a", 1000, started);

  const late = pace.take(ACCOUNT, "a", soon(100));
  const outcome = expect(late).rejects.toMatchObject({ facts: { throttled: true } });
  await vi.advanceTimersByTimeAsync(60_000);

  await outcome;
});

test("accounts do not limit one another", async () => {
  const pace = new CallPace();
  pace.throttled(ACCOUNT);
  let started = false;

  void pace.take("999988887777", "a", soon()).then(() => (started = true));
  await vi.advanceTimersByTimeAsync(0);

  expect(started).toBe(true);
});
