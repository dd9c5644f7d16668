import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  const above = [{ text: "AWS auth mounts", href: "/auth" }];
  return <PageSkeleton title="Auth roles" above={above} lines={8} />;
}
