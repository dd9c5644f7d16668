import { z } from "zod";
import { parseAuditAddress } from "@/lib/console/audit-address";

/** The page's address, as the routes behind the page take it. */
export const AuditAddressQuery = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .transform((query) => parseAuditAddress(paramsOf(query)));

/** The query of a page or a route as the browser has it. */
export function paramsOf(
  query: Readonly<Record<string, string | string[] | undefined>>,
): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    values === undefined ? [] : [values].flat().map((value) => [name, value]),
  );
  return new URLSearchParams(pairs);
}
