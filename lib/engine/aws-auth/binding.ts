import { canonicalArn, type Principal } from "@/lib/engine/aws-auth/principal";

/** What of a role decides who may log in with it. */
export type PrincipalBinding = {
  boundPrincipalArns: readonly string[];
  /** Unique ids of the entries without a wildcard. */
  boundPrincipalIds: readonly string[];
  resolveUniqueIds: boolean;
};

export type BindingVerdict = "bound" | "refused" | "ask_full_arn";

/**
 * Judges a verified caller by its unique id and canonical ARN. `ask_full_arn`: only a wildcard is
 * left, which is compared with the ARN that IAM knows, real path included.
 */
export function judgeBinding(
  binding: PrincipalBinding,
  principal: Principal,
  uniqueId: string,
): BindingVerdict {
  if (binding.boundPrincipalArns.length === 0) return "bound";
  if (uniqueId !== "" && binding.boundPrincipalIds.includes(uniqueId)) return "bound";
  // With resolved ids a name alone proves nothing: it may have been deleted and made anew.
  if (!binding.resolveUniqueIds && binding.boundPrincipalArns.includes(canonicalArn(principal))) {
    return "bound";
  }
  return binding.boundPrincipalArns.some(isWildcard) ? "ask_full_arn" : "refused";
}

/** True when one of the wildcard entries is a prefix of `fullArn`. */
export function wildcardsAdmit(entries: readonly string[], fullArn: string): boolean {
  return entries.some((entry) => isWildcard(entry) && fullArn.startsWith(entry.slice(0, -1)));
}

/** An entry that ends in `*`; anywhere else `*` is an ordinary character of IAM paths. */
export function isWildcard(entry: string): boolean {
  return entry.length > 1 && entry.endsWith("*");
}
