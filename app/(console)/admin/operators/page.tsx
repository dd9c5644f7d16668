import type { Metadata } from "next";
import { OperatorsPage } from "@/app/(console)/admin/operators/operators-page";
import {
  listLocked,
  listOperators,
  listSignInMounts,
  readProvider,
} from "@/lib/console/admin-operators";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames } from "@/lib/console/policies";
import { requestFacts } from "@/lib/console/request";

export const metadata: Metadata = { title: "Operators" };

export default async function AdminOperatorsPage() {
  const operator = await requireOperator();
  const [rows, mounts, locked, provider, policies, { origin }] = await Promise.all([
    listOperators(operator),
    listSignInMounts(operator),
    listLocked(operator),
    readProvider(),
    listPolicyNames(operator),
    requestFacts(),
  ]);
  return (
    <OperatorsPage
      rows={rows}
      mounts={mounts}
      locked={locked}
      provider={provider}
      redirectUrl={`${origin}/api/auth/callback/oidc`}
      policies={policies.ok ? policies.data : []}
      code={asCode({ operation: "list", path: "sys/leasehold/operators" })}
    />
  );
}
