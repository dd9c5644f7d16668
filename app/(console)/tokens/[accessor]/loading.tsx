import { PageSkeleton } from "@/components/page-skeleton";

export default function Loading() {
  return <PageSkeleton title="Token" above={[{ text: "Tokens", href: "/tokens" }]} lines={10} />;
}
