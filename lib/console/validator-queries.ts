import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getJson } from "@/lib/console/get-json";
import { VerdictHistory, VerdictPage, type VerdictRow } from "@/lib/console/validator";
import { type ValidatorAddress, validatorQuery } from "@/lib/console/validator-address";

/** What was asked of the worker is there within seconds. */
const AGAIN_MS = 10_000;

/** One page of rows; what was shown before stays until it is there. */
export function verdictsQuery(address: ValidatorAddress) {
  const { limit: _limit, ...query } = validatorQuery(address);
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const search = new URLSearchParams(given).toString();
  return queryOptions({
    queryKey: ["validator", search],
    queryFn: async ({ signal }) =>
      VerdictPage.parse(await getJson(`/api/console/validator?${search}`, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
    retry: false,
  });
}

/** How a row changed. */
export function historyQuery({ mount, role, target_arn: target }: VerdictRow) {
  const search = new URLSearchParams({ mount, role, target }).toString();
  return queryOptions({
    queryKey: ["validator-history", search],
    queryFn: async ({ signal }) =>
      VerdictHistory.parse(await getJson(`/api/console/validator/history?${search}`, signal)),
    retry: false,
  });
}
