import { z } from "zod";
import { operatorRoute } from "@/lib/console/operator";
import { UserNames } from "@/lib/console/secrets-queries";

export const dynamic = "force-dynamic";

const Query = z.object({
  template: z.string().default(""),
  displayName: z.string().default(""),
  role: z.string().default(""),
});

export const GET = operatorRoute(Query, (operator, { template, displayName, role }) =>
  operator.read(UserNames, "sys/leasehold/user-name-preview", {
    username_template: template,
    display_name: displayName,
    role,
  }),
);
