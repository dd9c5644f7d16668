// Runs a case against a server: its requests in order, each answer and the AWS calls judged.
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startAwsStub } from "./aws-stub.mjs";
import { differences, fill, isObject, isToken, like } from "./matching.mjs";
import { generalise, overlay } from "./recording.mjs";

const STEP_TIMEOUT_MS = 30_000;
const REPEAT_MS = 200;
const SHOWN_CHARACTERS_MAX = 300;
/** Calls on the server's own account (checking limits, not serving a request) are not compared. */
const BACKGROUND_AGENT = /\bleasehold-validator\b/;

/**
 * Makes a runner for one server. `dialect` "vault" expects the reference's answers where ours
 * differ; `record` fills in what a step does not expect yet; `trace` is given a line an exchange.
 */
export function createRunner({
  target,
  token,
  dialect = "leasehold",
  auditDir = tmpdir(),
  record = false,
  trace = () => {},
}) {
  const base = new URL(target);
  const client = base.protocol === "https:" ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
  const run = Date.now().toString(36);
  const context = { base, client, agent, token, dialect, record, trace, auditDir };
  let serial = 0;
  return {
    /** The differences found, each a sentence; none: the case holds. */
    runCase: (testCase, file) => {
      serial += 1;
      return runCase(context, testCase, { file, n: `${run}${serial.toString(36)}` });
    },
    close: () => agent.destroy(),
  };
}

async function runCase(context, testCase, { file, n }) {
  const stub = await startAwsStub(testCase.stub);
  const dir = join(context.auditDir, `conformance-${n}`);
  if (testCase.dir) mkdirSync(dir);
  const own = { stub: stub.url, dir, auth: `auth-${n}`, aws: `aws-${n}`, n, root: context.token };
  const state = {
    ...context,
    stub,
    variables: { ...own, ...file.values },
    templates: file.templates,
    entities: new Set(),
    keptCalls: [],
  };
  const problems = [];
  try {
    await enableMounts(state, testCase);
    const fixtures = (testCase.use ?? []).flatMap((name) => file.fixtures[name]);
    for (const [index, step] of [...fixtures, ...testCase.steps].entries()) {
      const found = await runStep(state, step);
      problems.push(...found.map((text) => `step ${index + 1} ${step.request ?? ""}: ${text}`));
    }
  } catch (error) {
    problems.push(`stopped: ${error.message}`);
  } finally {
    await cleanUp(state, testCase);
    if (testCase.dir) rmSync(dir, { recursive: true, force: true });
    await stub.close();
  }
  return problems;
}

async function enableMounts(state, { auth, secrets }) {
  const { variables } = state;
  if (auth) await asRoot(state, "POST", `sys/auth/${variables.auth}`, { type: "aws", ...auth });
  if (secrets) {
    await asRoot(state, "POST", `sys/mounts/${variables.aws}`, { type: "aws", ...secrets });
  }
}

async function cleanUp(state, { auth, secrets, cleanup = [] }) {
  const { variables, token, entities } = state;
  const attempt = (...request) => asRoot(state, ...request).catch(() => undefined);
  if (secrets) await attempt("DELETE", `sys/mounts/${variables.aws}`);
  if (auth) await attempt("DELETE", `sys/auth/${variables.auth}`);
  for (const saved of Object.values(variables)) {
    if (isToken(saved) && saved !== token) {
      await attempt("POST", "auth/token/revoke", { token: saved });
    }
  }
  for (const id of entities) await attempt("DELETE", `identity/entity/id/${id}`);
  for (const path of cleanup) await attempt("DELETE", fill(path, variables));
}

function asRoot(state, method, path, body) {
  const headers = { "x-vault-token": state.token };
  return send(state, { method, path: `/v1/${path}`, headers, body });
}

async function runStep(state, step) {
  const { stub, variables, templates } = state;
  if (step.stub) stub.setRules(fill(like(step.stub, templates), variables));
  if (step.waitMs) await pause(step.waitMs);
  if (step.lines) return judgeLines(state, step);
  if (!step.request) return [];
  if (!step.keepCalls) {
    stub.takeCalls();
    state.keptCalls = [];
  }
  const request = requestOf(state, step);
  const deadline = Date.now() + (step.untilMs ?? 0);
  for (;;) {
    const problems = await exchange(state, step, request);
    if (problems.length === 0 || Date.now() >= deadline) return problems;
    await pause(REPEAT_MS);
  }
}

function requestOf({ token: root, variables, templates }, step) {
  const [method, ...rest] = fill(step.request, variables).split(" ");
  const path = rest.join(" ");
  const token = step.token === undefined ? root : fill(step.token, variables);
  return {
    method,
    path: path.startsWith("/") ? path : `/v1/${path}`,
    headers: {
      ...(token !== "none" && { "x-vault-token": token }),
      ...fill(step.headers ?? {}, variables),
    },
    body: fill(step.raw ?? like(step.body, templates, true), variables),
  };
}

async function exchange(state, step, request) {
  const { stub, variables, templates } = state;
  const response = await send(state, request);
  const entity = response.body?.auth?.entity_id;
  if (entity) state.entities.add(entity);
  const fresh = stub.takeCalls().filter(({ headers }) => {
    return !BACKGROUND_AGENT.test(headers["user-agent"] ?? "");
  });
  state.keptCalls.push(...fresh);
  const calls = step.keepCalls ? state.keptCalls : fresh;
  if (state.record && step.status === undefined) recordStep(step, response, { calls, variables });
  state.trace(
    `${request.method} ${request.path} → ${response.status} ${JSON.stringify(response.body)} ${namesOf(calls)}`,
  );
  return judge(like(expectedOf(state, step), templates), response, { calls, variables });
}

function expectedOf({ dialect }, step) {
  return dialect === "vault" ? step : { ...step, ...step.ours };
}

function recordStep(step, response, { calls, variables }) {
  step.status = response.status;
  step.expect = overlay(generalise(response.body, variables), step.expect);
  if (step.calls === undefined && calls.length > 0) step.calls = calls.map(({ action }) => action);
}

function judge(want, response, { calls, variables }) {
  const problems = [];
  if (![want.status].flat().includes(response.status)) {
    const got = `${response.status} ${short(response.body)}`;
    problems.push(`status: want ${want.status}, got ${got}`);
  } else if (want.expect !== undefined) {
    problems.push(...compare("", fill(want.expect, variables), response.body, variables));
  }
  for (const [name, wanted] of Object.entries(fill(want.expectHeaders ?? {}, variables))) {
    const got = response.headers[name.toLowerCase()];
    problems.push(...compare(`header ${name} `, wanted, got, variables));
  }
  if (want.calls !== undefined) problems.push(...judgeCalls(want.calls, calls, variables));
  return problems;
}

function compare(what, want, got, save) {
  return [...differences(want, got, save)].map(
    ([path, wanted, found]) =>
      `${what}${path || "value"}: want ${short(wanted)}, got ${short(found)}`,
  );
}

function judgeCalls(want, calls, variables) {
  if (want["<has>"]) {
    const missing = want["<has>"].filter((name) => !calls.some(({ action }) => action === name));
    if (missing.length === 0) return [];
    return [`AWS calls: ${missing.join(", ")} missing among ${namesOf(calls)}`];
  }
  const wanted = fill(want, variables).map((call) => (isObject(call) ? call : { action: call }));
  if (namesOf(wanted) !== namesOf(calls)) {
    return [`AWS calls: want ${namesOf(wanted)}, got ${namesOf(calls)}`];
  }
  return wanted.flatMap(({ action, ...parts }, i) =>
    Object.entries(parts).flatMap(([part, expected]) => {
      // The parts given are compared, objects as subsets.
      const open = isObject(expected) ? { ...expected, "<rest>": "<any>" } : expected;
      return compare(`AWS call ${action} ${part}`, open, calls[i][part], variables);
    }),
  );
}

function namesOf(calls) {
  return calls.map(({ action }) => action).join(", ") || "none";
}

/** The JSON lines of a file (an audit log) that fit `where` as a subset, compared with `expect`. */
function judgeLines(state, step) {
  const { variables } = state;
  const want = expectedOf(state, step);
  const path = fill(step.lines, variables);
  const text = readFileSync(path, "utf8");
  const where = opened(fill(step.where ?? {}, variables));
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .filter((line) => differences(where, line, {}).next().done === true);
  if (state.record && step.expect === undefined && !step.without) {
    step.expect = generalise(lines, variables);
  }
  for (const line of lines) state.trace(JSON.stringify(line));
  const mode = (statSync(path).mode & 0o777).toString(8);
  const found = fill(step.without ?? [], variables).filter((secret) => text.includes(secret));
  const problems = found.map((secret) => `found ${short(secret)}`);
  if (step.mode !== undefined && step.mode !== mode) {
    problems.push(`mode: want ${step.mode}, got ${mode}`);
  }
  if (want.expect === undefined) return problems;
  return [...compare("line", fill(want.expect, variables), lines, variables), ...problems];
}

/** The same expectation, satisfied by objects that hold more. */
function opened(value) {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, entry]) => [name, opened(entry)]);
  return { ...Object.fromEntries(entries), "<rest>": "<any>" };
}

function send({ base, client, agent }, { method, path, headers = {}, body }) {
  const payload =
    body === undefined
      ? undefined
      : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const length = payload && { "content-length": payload.length };
  return new Promise((resolve, reject) => {
    const request = client.request(
      {
        host: base.hostname,
        port: base.port,
        method,
        path,
        agent,
        timeout: STEP_TIMEOUT_MS,
        headers: { ...length, ...headers },
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: parseBody(Buffer.concat(chunks).toString("utf8")),
          }),
        );
      },
    );
    request.on("timeout", () =>
      request.destroy(new Error(`no answer within ${STEP_TIMEOUT_MS} ms`)),
    );
    request.on("error", (error) =>
      error.code === "ECONNRESET" ? resolve({ status: 0, headers: {}, body: null }) : reject(error),
    );
    request.end(payload);
  });
}

function parseBody(text) {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function short(value) {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}
