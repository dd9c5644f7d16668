import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  return <PageSkeleton title="Lease" above={[{ text: "Leases", href: "/leases" }]} lines={9} />;
}
