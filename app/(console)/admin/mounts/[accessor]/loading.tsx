import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  return (
    <PageSkeleton title="Mount" above={[{ text: "Mounts", href: "/admin/mounts" }]} lines={8} />
  );
}
