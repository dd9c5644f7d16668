import { explainAccess, type AccessQuestion } from "@/lib/engine/policy/explain-access";
import { policyUsage } from "@/lib/engine/policy/usage";
import { commaList, duration, jsonObject, text, type FieldValues } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const EXPLAIN_FIELDS = {
  path: text(),
  operation: text(),
  policies: commaList(),
  data: jsonObject(),
  wrap_ttl: duration(),
} as const;

/** A text to try out has no place in an address, so it is taken from a body only. */
const TRY_FIELDS = { ...EXPLAIN_FIELDS, draft_name: text(), draft: text() } as const;

export const policyExplainRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/policies",
    fields: { name: text() },
    read: ({ scope, fields }) => policyUsage(scope, fields.name),
    help: "Policies, and which roles and operators hand them out.",
  }),
  route({
    path: "leasehold/policies/explain",
    fields: TRY_FIELDS,
    read: ({ scope, fields }) => explainAccess(scope, { ...questionOf(fields), draft: null }),
    update: ({ scope, fields }) => explainAccess(scope, questionOf(fields)),
    help: "What policies say of a request, and which of their rules says it.",
  }),
];

function questionOf(fields: FieldValues<typeof TRY_FIELDS>): AccessQuestion {
  const { path = "", operation = "read", policies, draft, draft_name: name = "draft" } = fields;
  return {
    path,
    operation,
    data: fields.data ?? {},
    wrapTtlSeconds: fields.wrap_ttl ?? 0,
    policies,
    draft: draft === undefined ? null : { name, text: draft },
  };
}
