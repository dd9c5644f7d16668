import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import {
  compileAcl,
  usesTemplates,
  type Acl,
  type TemplateContext,
} from "@/lib/engine/policy/compile";
import { internalPolicy } from "@/lib/engine/policy/builtin";
import type { ParsedPolicy } from "@/lib/engine/policy/parse";
import type { Token } from "@/lib/engine/token/token";

/** Compiled ACLs that one configuration version keeps. */
const ACLS_MAX = 10_000;

/**
 * The compiled policies of a token. Those without templates are shared by all tokens with the same
 * policies, the others by those of the same entity, as long as the configuration stands.
 *
 * @throws EngineError `unavailable` when the policies cannot be read.
 */
export async function aclOf(
  token: Pick<Token, "policies" | "entityId">,
  config: ConfigSnapshot,
): Promise<Acl> {
  const key = `acl ${JSON.stringify(token.policies)}`;
  const own = `${key} ${token.entityId ?? ""}`;
  // Written below only, so the types are known.
  const known = (config.memo.get(key) ?? config.memo.get(own)) as Acl | undefined;
  if (known !== undefined) return known;

  const policies = await policiesOf(token.policies, config);
  const templated = policies.some(usesTemplates);
  const acl = compileAcl(policies, templated ? await templateContextOf(token, config) : null);
  if (config.memo.size >= ACLS_MAX) config.memo.clear();
  config.memo.set(templated ? own : key, acl);
  return acl;
}

/** A name without a policy contributes nothing. */
async function policiesOf(
  names: readonly string[],
  config: ConfigSnapshot,
): Promise<ParsedPolicy[]> {
  const found = await Promise.all(
    names.map(async (name) => internalPolicy(name) ?? (await config.policy(name))?.parsed ?? null),
  );
  return found.filter((policy) => policy !== null);
}

async function templateContextOf(
  token: Pick<Token, "entityId">,
  config: ConfigSnapshot,
): Promise<TemplateContext | null> {
  if (token.entityId === null) return null;
  const entity = await config.entity(token.entityId);
  if (entity === null) return null;
  return {
    entity: {
      id: entity.id,
      name: entity.name,
      metadata: entity.metadata,
      aliases: Object.fromEntries(
        entity.aliases.map((alias) => [
          alias.mountAccessor,
          { id: alias.id, name: alias.name, metadata: alias.metadata },
        ]),
      ),
    },
  };
}
