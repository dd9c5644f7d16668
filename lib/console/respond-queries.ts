import { queryOptions } from "@tanstack/react-query";
import { getJson, ReadRefused } from "@/lib/console/get-json";
import type { Refusal } from "@/lib/console/refusal";
import { Freezes, Responded } from "@/lib/console/respond";

/** Whoever waits for a stop sees it within this time. */
const REFRESH_MS = 2_000;
const FREEZES_MS = 5_000;

/** The credentials behind an identifier, again and again: their states change. */
export function respondQuery(identifier: string) {
  const query = new URLSearchParams({ text: identifier }).toString();
  return queryOptions({
    queryKey: ["respond", identifier],
    queryFn: async ({ signal }) =>
      Responded.parse(await getJson(`/api/console/respond?${query}`, signal)),
    refetchInterval: REFRESH_MS,
    retry: 1,
  });
}

export function freezesQuery() {
  return queryOptions({
    queryKey: ["freezes"],
    queryFn: async ({ signal }) =>
      Freezes.parse(await getJson("/api/console/respond/freezes", signal)),
    refetchInterval: FREEZES_MS,
    retry: 1,
  });
}

/** Why a read failed, for the page to say. */
export function refusalIn(error: Error): Refusal {
  if (error instanceof ReadRefused) return error.refusal;
  const message = "The server did not answer, or with something else than was asked for.";
  return { kind: "unavailable", message, requestId: "", capability: "", path: "" };
}
