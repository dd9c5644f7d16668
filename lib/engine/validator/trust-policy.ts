import { isJsonObject } from "@/lib/engine/json";
import type { Condition } from "@/lib/engine/validator/trust-conditions";
import { matchesWildcard } from "@/lib/engine/validator/wildcard";

export type TrustStatement = {
  isAllow: boolean;
  /** Null: no `Principal` that names somebody of AWS. */
  principals: readonly string[] | null;
  isNotPrincipal: boolean;
  covers: (action: string) => boolean;
  conditions: readonly Condition[];
};

/** Reads a trust policy as IAM hands it out; null when it is none. */
export function parseTrustPolicy(text: string): TrustStatement[] | null {
  const document = parsed(text);
  if (!isJsonObject(document)) return null;
  const statements = listOf(document["Statement"]);
  if (!statements.every(isJsonObject)) return null;
  return statements.map(statementOf);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function statementOf(statement: Record<string, unknown>): TrustStatement {
  const isInverted = statement["NotAction"] !== undefined;
  const actions = textsOf(isInverted ? statement["NotAction"] : statement["Action"]).map((action) =>
    action.toLowerCase(),
  );
  const isNotPrincipal = statement["NotPrincipal"] !== undefined;
  return {
    isAllow: statement["Effect"] === "Allow",
    principals: principalsOf(isNotPrincipal ? statement["NotPrincipal"] : statement["Principal"]),
    isNotPrincipal,
    covers: (action) =>
      actions.some((pattern) => matchesWildcard(pattern, action.toLowerCase())) !== isInverted,
    conditions: conditionsOf(statement["Condition"]),
  };
}

function principalsOf(value: unknown): string[] | null {
  if (value === "*") return ["*"];
  return isJsonObject(value) && value["AWS"] !== undefined ? textsOf(value["AWS"]) : null;
}

function conditionsOf(value: unknown): Condition[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isJsonObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: textsOf(values) }))
      : [],
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function textsOf(value: unknown): string[] {
  return listOf(value).flatMap((one) => {
    if (typeof one === "string") return [one];
    return typeof one === "boolean" || typeof one === "number" ? [String(one)] : [];
  });
}
