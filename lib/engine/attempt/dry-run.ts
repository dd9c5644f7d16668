import { told, type Decision } from "@/lib/engine/answer";
import { causeOf } from "@/lib/engine/attempt/diagnosis";
import { explained } from "@/lib/engine/attempt/search";
import { resolveUniqueId } from "@/lib/engine/aws-auth/entity-lookup";
import {
  judgeLogin,
  judgePrincipal,
  type LoginInput,
  type VerifiedPrincipal,
} from "@/lib/engine/aws-auth/login";
import { loginResult } from "@/lib/engine/aws-auth/login-result";
import { LOGIN_STEPS, type LoginStep, LoginTrace } from "@/lib/engine/aws-auth/login-trace";
import { canonicalArn, parsePrincipalArn, type Principal } from "@/lib/engine/aws-auth/principal";
import { invalidRequest, isEngineError } from "@/lib/engine/errors";
import { requireLoginThawed } from "@/lib/engine/freeze/thawed";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountIdsOf } from "@/lib/engine/mount/visible";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

export type DryRunInput = {
  mount: string | undefined;
  /** An identity to try, in place of a signed request. */
  principal: string | undefined;
  /** The address to try from; undefined: the caller's own. */
  clientAddress: string | undefined;
  login: LoginInput;
};

/** Checks of what only the grant itself would find out. */
const OF_GRANT: readonly LoginStep[] = ["grant", "replay"];
/** Checks that need a signed request: an identity alone has none. */
const OF_SIGNATURE = LOGIN_STEPS.slice(0, LOGIN_STEPS.indexOf("allow_list"));

/**
 * Would this login pass, and if not why: by the login's own code up to the grant, which is not made. A
 * signed request is really sent to STS; whether it was used before is not asked, and it is not used up.
 *
 * @throws EngineError `invalid_request`, `not_found` for a mount that is not there.
 */
export async function dryRunLogin(
  ports: Ports,
  scope: RequestScope,
  input: DryRunInput,
): Promise<Decision> {
  const at: RequestScope = {
    ...scope,
    mount: awsMountOf(scope, input.mount ?? ""),
    clientAddress: input.clientAddress ?? scope.clientAddress,
  };
  const trace = new LoginTrace();
  trace.know({ clientAddress: at.clientAddress });
  const notes: string[] = [];
  const identity = identityOf(input.principal);
  try {
    await judge(ports, at, { input, identity, trace, notes });
  } catch (error) {
    if (!isEngineError(error) || error.kind === "internal") throw error;
    trace.failed(error);
  }
  const unasked = identity === null ? OF_GRANT : [...OF_SIGNATURE, ...OF_GRANT];
  return told(verdict(trace, notes, unasked));
}

type Identity = { arn: string; principal: Principal };

/** @throws EngineError `invalid_request`: no principal. */
function identityOf(given: string | undefined): Identity | null {
  const arn = given?.trim() ?? "";
  return arn === "" ? null : { arn, principal: parsePrincipalArn(arn) };
}

function awsMountOf(scope: RequestScope, path: string): Mount {
  if (path === "") throw invalidRequest("mount is needed: the path of an AWS auth mount");
  const [id] = mountIdsOf(scope, [path]) ?? [];
  const mount = id === undefined ? null : scope.config.mounts.byId(id);
  if (mount?.class !== "auth" || mount.type !== "aws") {
    throw invalidRequest(`"${path}" is no AWS auth mount`);
  }
  return mount;
}

type Judging = {
  input: DryRunInput;
  /** Null: a signed request is judged. */
  identity: Identity | null;
  trace: LoginTrace;
  notes: string[];
};

async function judge(ports: Ports, scope: RequestScope, judging: Judging): Promise<void> {
  const { input, identity, trace } = judging;
  const { caller, role, inferred } =
    identity === null
      ? await judgeLogin(ports, scope, { input: input.login, trace })
      : await judgeIdentity(ports, scope, { ...judging, identity });
  const { renewal } = await loginResult(scope, role, caller, inferred);
  trace.at("freeze");
  await requireLoginThawed(ports, scope, renewal);
}

async function judgeIdentity(
  ports: Ports,
  scope: RequestScope,
  { input, trace, notes, identity: { arn, principal } }: Judging & { identity: Identity },
) {
  const uniqueId = await uniqueIdOf(ports, scope, { arn: canonicalArn(principal), notes });
  const caller: VerifiedPrincipal = { principal, arn, uniqueId };
  const role = input.login.role === "" ? undefined : input.login.role;
  return { caller, ...(await judgePrincipal(ports, scope, { role, caller, trace })) };
}

async function uniqueIdOf(
  ports: Ports,
  { config, mount }: RequestScope,
  { arn, notes }: { arn: string; notes: string[] },
): Promise<string> {
  try {
    return await resolveUniqueId(ports, config, mount.id, arn);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    notes.push(
      `The principal's unique id could not be read, so it is judged by its ARN alone: ${error.message}`,
    );
    return "";
  }
}

function verdict(
  trace: LoginTrace,
  notes: readonly string[],
  unasked: readonly LoginStep[],
): Record<string, unknown> {
  const { step, error, facts } = trace;
  const passed = error === null;
  const cause = passed ? "" : causeOf(step, facts, error);
  return {
    would_pass: passed,
    failed_step: passed ? null : step,
    cause: passed ? null : cause,
    error,
    ...explained({ passed, step, cause, error, facts }, unasked),
    facts,
    notes,
  };
}
