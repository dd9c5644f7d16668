import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";

/** A list's filter under a name. */
const SavedView = z.object({
  id: z.string(),
  page: z.string(),
  name: z.string(),
  /** The address's query. */
  query: z.string(),
  shared: z.boolean(),
  own: z.boolean(),
  created_at: z.string(),
});
export type SavedView = z.infer<typeof SavedView>;

export const SavedViews = z.object({ views: z.array(SavedView) });
export type SavedViews = z.infer<typeof SavedViews>;

export const VIEWS_PATH = "sys/leasehold/views";

/** The operator's own views of a page, and those that others share. */
export function readViews(operator: Operator, page: string): Promise<Read<SavedViews>> {
  return operator.read(SavedViews, VIEWS_PATH, { page });
}
