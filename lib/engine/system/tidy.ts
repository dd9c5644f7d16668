import type { Answer } from "@/lib/engine/answer";

/** Clean-up never has to be asked for; who asks gets Vault's answer. */
export const TIDY_STARTED: Answer = {
  accepted: true,
  warnings: [
    "Tidy operation successfully started. Any information from the operation will be printed to Vault's server logs.",
  ],
};
