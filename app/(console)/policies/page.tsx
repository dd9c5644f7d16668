import type { Metadata } from "next";
import { PolicyList } from "@/app/(console)/policies/policy-list";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames, readPolicyUsage } from "@/lib/console/policies";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage() {
  const operator = await requireOperator();
  const [names, usage] = await Promise.all([listPolicyNames(operator), readPolicyUsage(operator)]);
  return (
    <PolicyList
      names={names}
      usage={usage}
      code={asCode({ operation: "list", path: "sys/policies/acl" })}
    />
  );
}
