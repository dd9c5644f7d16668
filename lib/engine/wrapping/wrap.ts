import type { Effect } from "@/lib/engine/effects";
import { EngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { Secret } from "@/lib/engine/secret";
import { putCubbyhole } from "@/lib/engine/system/cubbyhole";
import { mintServiceToken } from "@/lib/engine/token/mint";
import {
  RESPONSE_PATH,
  WRAPINFO_PATH,
  WRAPPING_POLICY,
} from "@/lib/engine/wrapping/wrapping-token";

/** What is told instead of an answer that was wrapped. */
export type WrapInfo = {
  token: Secret;
  accessor: string;
  ttlSeconds: number;
  creationTime: Date;
  creationPath: string;
  /** Accessor of the token or secret id inside. */
  wrappedAccessor?: string;
};

/**
 * Puts an answer, as the exact JSON of its envelope, into the cubbyhole of a fresh token that opens
 * once and lives `ttlSeconds`. Without that token nobody can read it, this installation included.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 */
export function wrapAnswer(
  ports: Pick<Ports, "clock" | "random" | "keys">,
  scope: Pick<RequestScope, "path">,
  envelopeText: string,
  ttlSeconds: number,
): { wrapInfo: WrapInfo; effects: Effect[] } {
  const minted = mintServiceToken(ports);
  const creationTime = ports.clock.now();
  const wrapInfo = {
    token: minted.clientToken,
    accessor: minted.accessor,
    ttlSeconds,
    creationTime,
    creationPath: scope.path,
  };
  const origin = {
    creation_ttl: ttlSeconds,
    creation_time: creationTime.toISOString(),
    creation_path: scope.path,
  };
  return {
    wrapInfo,
    effects: [
      {
        kind: "grant_token",
        grant: {
          ...minted,
          kind: "service",
          parentHmac: null,
          policies: [WRAPPING_POLICY],
          identityPolicies: [],
          path: scope.path,
          displayName: "",
          meta: null,
          numUses: 1,
          ttlSeconds,
          explicitMaxTtlSeconds: ttlSeconds,
          periodSeconds: 0,
          renewable: false,
          role: null,
          entityId: null,
          entityCreated: false,
          boundCidrs: [],
          mountId: null,
          renewal: null,
          leased: true,
        },
        refused: new EngineError("unavailable", "the wrapped answer could not be stored"),
      },
      putCubbyhole(ports, minted, RESPONSE_PATH, JSON.stringify({ response: envelopeText })),
      putCubbyhole(ports, minted, WRAPINFO_PATH, JSON.stringify(origin)),
    ],
  };
}
