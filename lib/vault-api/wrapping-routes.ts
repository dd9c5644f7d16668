import { lookUpWrapped, rewrap, unwrap, wrapInput } from "@/lib/engine/wrapping/unwrap";
import { getWrappingToken } from "@/lib/engine/wrapping/wrapping-token";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute, type Call } from "@/lib/vault-api/route";

const TOKEN_FIELDS = { token: text() } as const;

type TokenCall = Call<typeof TOKEN_FIELDS>;

/** The token that the body names; a null names none. */
function tokenIn({ fields, raw }: TokenCall): string | undefined {
  return raw["token"] === null ? undefined : fields.token;
}

/** A bad wrapping token is told as such, also where it would be refused as the request's own. */
async function checkToken(call: TokenCall): Promise<void> {
  await getWrappingToken(call.ports, tokenIn(call), call.scope.sentToken);
}

/** Paths are relative to `sys/`. */
export const wrappingRoutes: readonly AnyRoute[] = [
  route({
    path: "wrapping/wrap",
    fields: {},
    anyInput: true,
    update: ({ scope, raw }) => Promise.resolve(wrapInput(scope, raw)),
    help: "Wraps what is sent.",
  }),
  route({
    path: "wrapping/lookup",
    public: true,
    fields: TOKEN_FIELDS,
    read: (call) => lookUpWrapped(call.ports, call.scope, tokenIn(call)),
    update: (call) => lookUpWrapped(call.ports, call.scope, tokenIn(call)),
    help: "Where a wrapped answer came from; it stays wrapped.",
  }),
  route({
    path: "wrapping/unwrap",
    fields: TOKEN_FIELDS,
    before: checkToken,
    update: (call) => unwrap(call.ports, call.scope, tokenIn(call)),
    help: "Opens a wrapped answer, once.",
  }),
  route({
    path: "wrapping/rewrap",
    fields: TOKEN_FIELDS,
    before: checkToken,
    update: (call) => rewrap(call.ports, call.scope, tokenIn(call)),
    help: "Moves a wrapped answer into a fresh wrapping token.",
  }),
];
