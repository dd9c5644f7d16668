import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  return (
    <PageSkeleton
      title="Operator"
      above={[{ text: "Operators", href: "/admin/operators" }]}
      lines={8}
    />
  );
}
