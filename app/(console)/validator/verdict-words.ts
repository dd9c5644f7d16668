import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Status } from "@/lib/console/validator";

export const STATUS_WORDS: Readonly<
  Record<Status, { type: StatusIndicatorProps.Type; text: string; means: string }>
> = {
  error: { type: "error", text: "Error", means: "requests fail" },
  unknown: { type: "pending", text: "Unknown", means: "AWS did not tell; requests may fail" },
  warning: { type: "warning", text: "Warning", means: "some requests fail, or a risk" },
  ok: { type: "success", text: "OK", means: "AWS grants what the role asks for" },
};

const METHODS: Readonly<Record<string, string>> = {
  get_role: "GetRole",
  probe: "a session that may do nothing",
  static: "the configuration",
};

/** Where evidence comes from, in words. */
export function methodText(method: string): string {
  return METHODS[method] ?? method;
}
