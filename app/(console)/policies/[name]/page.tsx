import type { Metadata } from "next";
import { PolicyEditor } from "@/app/(console)/policies/[name]/policy-editor";
import { PolicyRefused } from "@/app/(console)/policies/[name]/policy-refused";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames, readPolicyText, readPolicyUsage } from "@/lib/console/policies";

type Props = { params: Promise<{ name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Policy ${decodeURIComponent((await params).name)}` };
}

export default async function PolicyPage({ params }: Props) {
  const name = decodeURIComponent((await params).name);
  const operator = await requireOperator();
  const [text, names, usage] = await Promise.all([
    readPolicyText(operator, name),
    listPolicyNames(operator),
    readPolicyUsage(operator, name),
  ]);
  if (!text.ok) return <PolicyRefused name={name} refusal={text.refusal} />;
  // Keyed, so that an editor never holds the draft of another policy.
  return (
    <PolicyEditor
      key={name}
      name={name}
      stored={text.data}
      names={names.ok ? names.data : []}
      usage={usage}
    />
  );
}
