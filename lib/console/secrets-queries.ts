import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { getJson } from "@/lib/console/get-json";

const Name = z.object({ name: z.string(), problem: z.string() });

/** What a name template makes, or what is wrong with it. */
export const UserNames = z.object({
  /** Of an IAM user or of a role's session. */
  iam: Name,
  /** Of a federated user. */
  sts: Name,
});
export type UserNames = z.infer<typeof UserNames>;

/** The names that a template would make now. */
export function userNamesQuery(asked: { template: string; displayName: string; role: string }) {
  return queryOptions({
    queryKey: ["user-names", asked],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams(asked).toString();
      return UserNames.parse(
        await getJson(`/api/console/secrets/user-name-preview?${query}`, signal),
      );
    },
    retry: false,
    // Names tell time and chance, so that an old one is as good as a new one.
    staleTime: Infinity,
  });
}
