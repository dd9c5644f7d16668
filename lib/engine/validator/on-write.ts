import type { Decision } from "@/lib/engine/answer";
import { type RoleInput, roleOfBody, writeRole } from "@/lib/engine/aws-secrets/role";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { validatorConfigOf } from "@/lib/engine/validator/config";
import { evaluate } from "@/lib/engine/validator/evaluate";
import type { Fact } from "@/lib/engine/validator/fact";
import { surroundingsOf } from "@/lib/engine/validator/judge";

/** What AWS said this long ago is good enough to refuse a role by. */
const FRESH_MS = 900_000;

/**
 * Stores a role, and tells by the mount's mode what is wrong with it: nothing, warnings, or a refusal.
 * AWS is not asked: the configuration and what is known of AWS decide.
 *
 * @throws EngineError `invalid_request`
 */
export async function writeCheckedRole(
  ports: Ports,
  scope: RequestScope,
  name: string,
  input: RoleInput,
): Promise<Decision> {
  const decision = await writeRole(scope, name, input);
  const { mode } = await validatorConfigOf(scope.config, scope.mount.id);
  if (mode === "off" || mode === "advise") return decision;
  const [effect] = decision.effects;
  if (effect?.kind !== "put_setting") return decision;

  const facts = await ports.validator.store.facts(scope.mount.id);
  const judged = { ports, config: scope.config, mount: scope.mount };
  const around = await surroundingsOf(
    judged,
    facts.filter((fact) => isFresh(ports, fact)),
  );
  const findings = evaluate(name, roleOfBody(effect.body), around).flatMap((one) => one.findings);
  const error = findings.find(({ status }) => status === "error");
  if (mode === "enforce") {
    if (error === undefined) return decision;
    throw invalidRequest(`role rejected by validator: ${error.code}: ${error.text}`);
  }
  const told = findings.filter(({ status }) => status === "error" || status === "warning");
  if (told.length === 0) return decision;
  const texts = [...new Set(told.map(({ code, text }) => `${code}: ${text}`))];
  const warnings = [...(decision.answer?.warnings ?? []), ...texts];
  return { ...decision, answer: { ...decision.answer, warnings } };
}

function isFresh({ clock }: Pick<Ports, "clock">, { readAt, targetArn }: Fact): boolean {
  // Who the mount is does not change by itself.
  if (targetArn === "") return true;
  return readAt !== null && clock.now().getTime() - readAt.getTime() <= FRESH_MS;
}
