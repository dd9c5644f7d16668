"use client";

import { useQuery } from "@tanstack/react-query";
import { DegradedBanner } from "@/components/degraded-banner";
import { degradedOf } from "@/lib/console/overview-degraded";
import { overviewQuery } from "@/lib/console/overview-queries";

/** What every page has to say about the installation while it lasts. */
export function Degraded() {
  const { data, isError } = useQuery(overviewQuery("health"));
  return <DegradedBanner degradations={degradedOf(data, isError)} />;
}
