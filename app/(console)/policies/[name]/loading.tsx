import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  return (
    <PageSkeleton title="Policy" above={[{ text: "Policies", href: "/policies" }]} lines={12} />
  );
}
