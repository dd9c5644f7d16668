import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import {
  internalPolicyText,
  isHiddenPolicy,
  refusePolicyDeletion,
  refusePolicyWrite,
} from "@/lib/engine/policy/builtin";
import { parsePolicy } from "@/lib/engine/policy/parse";
import { normalisePolicyName, parsePolicyName } from "@/lib/engine/policy/sanitise";
import type { RequestScope } from "@/lib/engine/scope";

/** Names of all policies, `root` last. */
async function policyNames(scope: RequestScope): Promise<string[]> {
  const names = await scope.config.policyNames();
  return [...names.filter((name) => !isHiddenPolicy(name)), "root"];
}

export async function listPolicies(scope: RequestScope): Promise<Decision> {
  return told({ keys: await policyNames(scope) });
}

/** The old form tells the names twice. */
export async function listPoliciesTwice(scope: RequestScope): Promise<Decision> {
  const names = await policyNames(scope);
  return told({ keys: names, policies: names });
}

/** A policy's text, verbatim; `field` is what the endpoint calls it. */
export async function readPolicy(
  scope: RequestScope,
  given: string,
  field: "policy" | "rules",
): Promise<Decision> {
  const name = normalisePolicyName(given);
  const text = internalPolicyText(name) ?? (await scope.config.policy(name))?.text ?? null;
  return text === null ? answered(null) : told({ name, [field]: text });
}

/**
 * Stores a policy, verbatim, once it reads as one.
 *
 * @throws EngineError `invalid_request` with what is wrong and where.
 * @see https://developer.hashicorp.com/vault/api-docs/system/policies#create-update-acl-policy
 */
export function writePolicy(
  given: string,
  sent: string,
  warnings: readonly string[],
): Promise<Decision> {
  const name = parsePolicyName(given);
  refusePolicyWrite(name);
  if (sent === "") throw invalidRequest("'policy' parameter not supplied or empty");
  const text = decodedIfBase64(sent);
  parsePolicy(name, text);
  const all = [...warnings, ...(name === given ? [] : [`policy name was converted to ${name}`])];
  return Promise.resolve({
    answer: all.length === 0 ? null : { warnings: all },
    effects: [{ kind: "put_policy", name, text }],
  });
}

/** A text that as a whole is standard base64 was encoded by its client. */
function decodedIfBase64(text: string): string {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/\r\n]+={0,2}[\r\n]*$/.test(text);
  if (!isBase64) return text;
  return Buffer.from(text, "base64").toString("utf8");
}

export function deletePolicy(given: string): Promise<Decision> {
  const name = normalisePolicyName(given);
  refusePolicyDeletion(name);
  return Promise.resolve(effected({ kind: "delete_policy", name }));
}
