import type { Call, Fields } from "@/lib/vault-api/route";
import { listVisibleMounts, readVisibleMount } from "@/lib/engine/mount/read";
import { resolveToken } from "@/lib/engine/token/resolve";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Whoever the token that was sent belongs to; a bad one counts as none. */
async function holder({ ports, scope }: Call<Fields>) {
  const value = scope.sentToken?.reveal() ?? "";
  if (value === "") return null;
  const { token } = await resolveToken(ports, value);
  return token === null ? null : { token };
}

/** Mounts for user interfaces and for clients that look before they read; open to all. */
export const visibleMountRoutes: readonly AnyRoute[] = [
  route({
    path: "internal/ui/mounts",
    public: true,
    unnamedMount: true,
    fields: {},
    read: async (call) => listVisibleMounts(call.ports, call.scope, await holder(call)),
    help: "Mounts that the caller can see.",
  }),
  route({
    path: "internal/ui/mounts/*path",
    public: true,
    unnamedMount: true,
    fields: { path: text() },
    read: async (call) =>
      readVisibleMount(call.ports, call.scope, await holder(call), call.fields.path ?? ""),
    help: "The mount that a path belongs to.",
  }),
];
