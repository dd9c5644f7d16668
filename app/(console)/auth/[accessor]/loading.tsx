import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  const above = [{ text: "AWS auth mounts", href: "/auth" }];
  return <PageSkeleton title="AWS auth mount" above={above} lines={10} />;
}
