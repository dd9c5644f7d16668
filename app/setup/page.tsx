import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SetUp } from "@/app/setup/set-up";
import { consoleEngine } from "@/lib/console/engine";

export const metadata: Metadata = { title: "First operator" };
export const dynamic = "force-dynamic";

export default async function SetUpPage() {
  const { awaitsFirstOperator } = await consoleEngine().signInWays();
  if (!awaitsFirstOperator) redirect("/login");
  return <SetUp />;
}
