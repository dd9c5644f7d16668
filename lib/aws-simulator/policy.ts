import { conditionHolds, type Context } from "@/lib/aws-simulator/conditions";
import type { Patterns, PolicyDocument, Statement } from "@/lib/aws-simulator/policy-document";
import { matchesPattern } from "@/lib/aws-simulator/wildcard";

/** What is asked for: an action such as `iam:CreateUser` on the ARN of a resource. */
export type AccessRequest = {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
};

/** The policies of a caller; null where a layer does not limit it. */
export type Grants = {
  readonly identity: readonly PolicyDocument[];
  readonly boundary: readonly PolicyDocument[] | null;
  readonly session: readonly PolicyDocument[] | null;
};

export type Verdict =
  { readonly allowed: true } | { readonly allowed: false; readonly because: string };

/**
 * Decides as AWS does within one account: a matching Deny anywhere refuses, and every layer that
 * there is must allow. `because` ends AWS's sentence.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(request: AccessRequest, grants: Grants): Verdict {
  const explicit = explicitDeny(request, grants);
  if (explicit !== null) return { allowed: false, because: explicit };
  if (!allows(request, grants.identity)) {
    return implicitDeny(request, "identity-based policy");
  }
  if (grants.boundary !== null && !allows(request, grants.boundary)) {
    return implicitDeny(request, "permissions boundary");
  }
  if (grants.session !== null && !allows(request, grants.session)) {
    return implicitDeny(request, "session policy");
  }
  return { allowed: true };
}

/** The ending of AWS's sentence when a Deny matches, else null. */
export function explicitDeny(request: AccessRequest, grants: Grants): string | null {
  const layers = [
    ["an identity-based policy", grants.identity],
    ["a permissions boundary", grants.boundary ?? []],
    ["a session policy", grants.session ?? []],
  ] as const;
  const found = layers.find(([, documents]) => speaks("Deny", request, documents));
  return found === undefined ? null : `with an explicit deny in ${found[0]}`;
}

export function allows(request: AccessRequest, documents: readonly PolicyDocument[]): boolean {
  return speaks("Allow", request, documents);
}

/** Whether the statement is about this action under these conditions, whatever the resource. */
export function concerns(statement: Statement, action: string, context: Context): boolean {
  return (
    actionMatches(statement.actions, action, context) &&
    statement.conditions.every((condition) => conditionHolds(condition, context))
  );
}

function speaks(
  effect: Statement["effect"],
  request: AccessRequest,
  documents: readonly PolicyDocument[],
): boolean {
  return documents.some((document) =>
    document.statements.some(
      (statement) =>
        statement.effect === effect &&
        resourceMatches(statement.resources, request) &&
        concerns(statement, request.action, request.context),
    ),
  );
}

function actionMatches(actions: Patterns, action: string, context: Context): boolean {
  const name = action.toLowerCase();
  const found = actions.patterns.some((pattern) =>
    matchesPattern(pattern.toLowerCase(), name, context),
  );
  return found !== actions.negated;
}

function resourceMatches(resources: Patterns, request: AccessRequest): boolean {
  const found = resources.patterns.some((pattern) =>
    matchesPattern(pattern, request.resource, request.context),
  );
  return found !== resources.negated;
}

function implicitDeny(request: AccessRequest, layer: string): Verdict {
  return { allowed: false, because: `because no ${layer} allows the ${request.action} action` };
}
