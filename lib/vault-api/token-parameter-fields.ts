import { commaList, duration, flag, integer, text } from "@/lib/vault-api/fields";

/** The nine token parameters that every role of an auth method takes. */
export const TOKEN_PARAMETER_FIELDS = {
  token_ttl: duration(),
  token_max_ttl: duration(),
  token_explicit_max_ttl: duration(),
  token_period: duration(),
  token_policies: commaList(),
  token_no_default_policy: flag(),
  token_num_uses: integer(),
  token_bound_cidrs: commaList(),
  token_type: text(),
} as const;
