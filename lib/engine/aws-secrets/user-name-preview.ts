import { told, type Decision } from "@/lib/engine/answer";
import { noRoot } from "@/lib/engine/aws-secrets/root-config";
import type { TemplatePorts } from "@/lib/engine/aws-secrets/template-functions";
import { federationName, type NameSource, userName } from "@/lib/engine/aws-secrets/user-name";
import { isEngineError } from "@/lib/engine/errors";

/**
 * The names that a template would make: of an IAM user or role session, and of a federated user. What
 * is wrong with one is told in its place.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/username-templating
 */
export function previewUserNames(
  ports: TemplatePorts,
  input: { template: string; displayName: string; roleName: string },
): Promise<Decision> {
  const root = noRoot("");
  const source: NameSource = {
    config: { memo: new Map() },
    root: { ...root, usernameTemplate: input.template || root.usernameTemplate },
    displayName: input.displayName,
    roleName: input.roleName,
  };
  return Promise.resolve(
    told({
      iam: nameOrProblem(() => userName(ports, source)),
      sts: nameOrProblem(() => federationName(ports, source)),
      template: source.root.usernameTemplate,
    }),
  );
}

function nameOrProblem(name: () => string): { name: string; problem: string } {
  try {
    return { name: name(), problem: "" };
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return { name: "", problem: error.message };
  }
}
