import { redirect, unstable_rethrow } from "next/navigation";
import { z } from "zod";
import {
  consoleEngine,
  type ConsoleRequest,
  type ConsoleAnswer,
  type OperatorSession,
} from "@/lib/console/engine";
import { failed, type Refusal, refusalOf, signedOut } from "@/lib/console/refusal";
import { isFromOwnPage, requestFacts, sessionCookie } from "@/lib/console/request";

/** A read that came through, or why not. */
export type Read<T> = { ok: true; data: T } | { ok: false; refusal: Refusal };

type Query = NonNullable<ConsoleRequest["query"]>;
type Call = Omit<ConsoleRequest, "clientAddress">;

/** Whoever is signed in, and what the API lets them do. */
export type Operator = {
  session: OperatorSession;
  /** Calls the API as this operator. Refusals are answers too. */
  request(call: Call): Promise<ConsoleAnswer>;
  /** `data` of a GET, parsed. */
  read<T>(schema: z.ZodType<T>, path: string, query?: Query): Promise<Read<T>>;
  /** `data` of a LIST, parsed; a list with nothing in it is `{keys: [], key_info: {}}`. */
  list<T>(schema: z.ZodType<T>, path: string, query?: Query): Promise<Read<T>>;
  /**
   * The body of a call that is to succeed, null where it has none: for actions.
   *
   * @throws Refused which `operatorAction` turns into the action's result.
   */
  call(call: Call): Promise<unknown>;
};

/** The operator behind the request's cookie; null: nobody is signed in. */
export async function findOperator(): Promise<Operator | null> {
  const cookie = await sessionCookie();
  const session = cookie === null ? null : await consoleEngine().session(cookie);
  return session === null ? null : operatorOf(session, (await requestFacts()).clientAddress);
}

/** For pages: the operator, or off to the sign-in page and back. */
export async function requireOperator(): Promise<Operator> {
  const operator = await findOperator();
  if (operator === null) redirect(signInAddress((await requestFacts()).target));
  await consoleEngine().touch(operator.session);
  return operator;
}

/** The sign-in page's address; from there back to `target`. */
function signInAddress(target: string): string {
  const url = new URL(target, "http://console");
  url.searchParams.delete("_rsc");
  const next = `${url.pathname}${url.search}`;
  return next === "/" ? "/login" : `/login?${new URLSearchParams({ next }).toString()}`;
}

const STATUS_OF_KIND: Readonly<Record<Refusal["kind"], number>> = {
  signed_out: 401,
  forbidden: 403,
  not_found: 404,
  unavailable: 503,
  failed: 502,
};

/**
 * A GET handler under app/api/console for TanStack Query: the session is asked for, the query of the
 * address parsed by `schema`, the outcome answered as JSON, never to be stored. Polling does not keep a
 * session alive.
 */
export function operatorRoute<Q, T>(
  schema: z.ZodType<Q>,
  read: (operator: Operator, query: Q) => Promise<Read<T>>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const operator = await findOperator();
    if (operator === null) return answerJson({ refusal: signedOut(url.pathname) }, 401);
    const query = schema.safeParse(queryOf(url.searchParams));
    if (!query.success) {
      return answerJson({ refusal: failed(url.pathname, z.prettifyError(query.error)) }, 400);
    }
    const outcome = await read(operator, query.data);
    if (outcome.ok) return answerJson(outcome.data, 200);
    return answerJson({ refusal: outcome.refusal }, statusOf(outcome.refusal));
  };
}

/** What the API does not take is as wrong here: nothing stands between. */
function statusOf({ kind, status = 0 }: Refusal): number {
  return kind === "failed" && status >= 400 && status < 500 ? status : STATUS_OF_KIND[kind];
}

/** A name that is there once is a text, one that is there more often a list of texts. */
function queryOf(params: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(params.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = params.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function answerJson(body: unknown, status: number): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}

/** What a change came to: what was asked, what happened, and what is still true. */
export type Outcome<T = undefined> = {
  asked: string;
  happened: string;
  /** Empty: nothing else is to be known. */
  stillTrue: string;
  /** Something that was asked for was not done; `stillTrue` says what. */
  isPartial?: boolean;
  value: T;
};

export type ActionResult<T = undefined> =
  | ({ ok: true } & Outcome<T>)
  | {
      ok: false;
      refusal: Refusal;
      /** What is wrong with the form, by field. */
      fields: Record<string, string>;
    };

/** Thrown by `Operator.call`; caught by `operatorAction`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * A server action: proof of our own page, the live session, the form parsed strictly (a field that the
 * schema does not have is refused), then `run`; whatever it throws becomes a result that the page shows.
 * Takes a form or a plain object.
 */
export function operatorAction<S extends z.ZodType, T>(
  schema: S,
  run: (operator: Operator, values: z.output<S>) => Promise<Outcome<T>>,
): (input: unknown) => Promise<ActionResult<T>> {
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  return async (input) => {
    if (!(await isFromOwnPage()))
      return refusedAction(failed("", "This did not come from a page."));
    const operator = await findOperator();
    if (operator === null) return refusedAction(signedOut(""));
    await consoleEngine().touch(operator.session);
    const values = strict.safeParse(input instanceof FormData ? fieldsOf(input) : input);
    if (!values.success) return refusedForm(values.error);
    try {
      // The strict schema is the same with fewer inputs, so its output is that of the schema.
      return { ok: true, ...(await run(operator, values.data as z.output<S>)) };
    } catch (thrown) {
      unstable_rethrow(thrown);
      if (thrown instanceof Refused) return refusedAction(thrown.refusal);
      throw thrown;
    }
  };
}

function refusedAction(refusal: Refusal): {
  ok: false;
  refusal: Refusal;
  fields: Record<string, string>;
} {
  return { ok: false, refusal, fields: {} };
}

function refusedForm(error: z.ZodError) {
  const fields = Object.fromEntries(
    error.issues.map((issue) => [issue.path.join("."), issue.message]),
  );
  return { ok: false as const, refusal: failed("", "The form is not complete yet."), fields };
}

/** Next.js adds fields of its own to a form that works without scripts. */
function fieldsOf(form: FormData): Record<string, unknown> {
  const names = [...new Set(form.keys())].filter((name) => !name.startsWith("$ACTION"));
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function operatorOf(session: OperatorSession, clientAddress: string): Operator {
  const request = (call: Call): Promise<ConsoleAnswer> =>
    consoleEngine().request(session.token, { ...call, clientAddress });
  return {
    session,
    request,
    read: async (schema, path, query) => {
      const call = { method: "GET", path, ...(query && { query }) } as const;
      return parsed(schema, call, await request(call));
    },
    list: async (schema, path, query) => {
      const call = { method: "LIST", path, ...(query && { query }) } as const;
      const answer = await request(call);
      return parsed(schema, call, isEmptyList(answer) ? { ...answer, ...NOTHING_LISTED } : answer);
    },
    call: async (call) => {
      const answer = await request(call);
      const refusal = refusalOf(call, answer);
      if (refusal !== null) throw new Refused(refusal);
      return answer.body;
    },
  };
}

const Envelope = z.object({ data: z.unknown() });
const NOTHING_LISTED = { status: 200, body: { data: { keys: [], key_info: {} } } };

/** A list without keys is told like a path that is not there: 404 without a text. */
function isEmptyList({ status, body }: ConsoleAnswer): boolean {
  return status === 404 && JSON.stringify(body) === '{"errors":[]}';
}

function parsed<T>(
  schema: z.ZodType<T>,
  call: Pick<ConsoleRequest, "method" | "path">,
  answer: ConsoleAnswer,
): Read<T> {
  const refusal = refusalOf(call, answer);
  if (refusal !== null) return { ok: false, refusal };
  const envelope = Envelope.safeParse(answer.body);
  const data = schema.safeParse(envelope.success ? envelope.data.data : null);
  if (data.success) return { ok: true, data: data.data };
  const message = "The answer is not what this page knows how to read.";
  return { ok: false, refusal: failed(call.path, message, answer.requestId) };
}
