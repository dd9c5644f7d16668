import { z } from "zod";

const FOUND_KINDS = [
  "Leases",
  "Tokens",
  "Auth mounts",
  "Auth roles",
  "AWS mounts",
  "Secrets roles",
  "Policies",
  "Login attempts",
  "Audit log",
] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

const Hit = z.object({ text: z.string(), detail: z.string(), href: z.string() });
export type Hit = z.infer<typeof Hit>;

const Group = z.object({ kind: z.enum(FOUND_KINDS), hits: z.array(Hit), isMore: z.boolean() });

/** What was found, and where this operator's policies did not let it be looked for. */
export const Found = z.object({
  groups: z.array(Group),
  hidden: z.array(
    z.object({ kind: z.enum(FOUND_KINDS), capability: z.string(), path: z.string() }),
  ),
  failed: z.array(z.object({ kind: z.enum(FOUND_KINDS), message: z.string() })),
});
export type Found = z.infer<typeof Found>;
