"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { type Operator, operatorAction } from "@/lib/console/operator";
import { readToken, tokenHref, type TokenDetail } from "@/lib/console/tokens";
import { stillValidText } from "@/lib/console/tokens-words";

const Accessor = z.string().min(1).max(512);

const RevokeForm = z.object({
  accessor: Accessor,
  reason: z.string().trim().min(1, "Say why: it is kept in the audit log.").max(500),
});

/** Ends a token and all that hangs on it; `isPartial` where AWS goes on honouring something. */
export const revokeTokenAction = operatorAction(
  RevokeForm,
  async (operator, { accessor, reason }) => {
    const before = await readToken(operator, accessor);
    await operator.call({
      method: "POST",
      path: "auth/token/revoke-accessor",
      body: { accessor, reason },
    });
    revalidatePath(tokenHref(accessor));
    const told = before.ok ? before.data : null;
    return {
      asked: `Revoke token ${accessor}`,
      happened: happenedText(accessor, told),
      stillTrue: told === null ? "" : stillValidText(told.falls_with_it?.groups ?? []),
      value: undefined,
    };
  },
);

function happenedText(accessor: string, told: TokenDetail | null): string {
  const falls = told?.falls_with_it;
  if (falls === undefined) return `Token ${accessor} has ended.`;
  const children = falls.tokens - 1;
  const more = falls.is_more ? "more than " : "";
  const parts = [
    ...(children > 0
      ? [`${more}${children} child ${children === 1 ? "token" : "tokens"} with it`]
      : []),
    ...(falls.leases > 0
      ? [`${more}${falls.leases} ${falls.leases === 1 ? "lease is" : "leases are"} being ended`]
      : []),
  ];
  return `Token ${accessor} has ended${parts.length === 0 ? "." : `: ${parts.join(", ")}.`}`;
}

const RenewForm = z.object({ accessor: Accessor });

const Renewed = z.object({
  auth: z.object({ lease_duration: z.number() }),
  warnings: z.array(z.string()).nullable(),
});

/** Extends a token by as much as its issuer allows now. */
export const renewTokenAction = operatorAction(RenewForm, async (operator, { accessor }) => {
  const renewed = Renewed.safeParse(await renew(operator, accessor));
  revalidatePath(tokenHref(accessor));
  const seconds = renewed.success ? renewed.data.auth.lease_duration : 0;
  const warnings = renewed.success ? (renewed.data.warnings ?? []) : [];
  return {
    asked: `Renew token ${accessor}`,
    happened: `Token ${accessor} now ends ${seconds} seconds from now.`,
    stillTrue: warnings.join(" "),
    value: undefined,
  };
});

function renew(operator: Operator, accessor: string): Promise<unknown> {
  return operator.call({
    method: "POST",
    path: "auth/token/renew-accessor",
    body: { accessor },
  });
}
