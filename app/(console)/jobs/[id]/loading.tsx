import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  return (
    <PageSkeleton
      title="Job"
      above={[
        { text: "Leases", href: "/leases" },
        { text: "Revocation jobs", href: "/jobs" },
      ]}
      lines={8}
    />
  );
}
