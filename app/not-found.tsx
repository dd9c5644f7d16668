import type { Metadata } from "next";
import { NotFound } from "@/app/not-found-panel";

export const metadata: Metadata = { title: "Not found" };

export default function NotFoundPage() {
  return <NotFound />;
}
