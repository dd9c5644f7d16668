import { lookUpWrapped, rewrap, unwrap, wrapInput } from "@/lib/engine/wrapping/unwrap";
import { getWrappingToken } from "@/lib/engine/wrapping/wrapping-token";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute, type Call } from "@/lib/vault-api/route";

const TOKEN_FIELDS = { token: text() } as const;

/** A bad wrapping token is told as such, also where it would be refused as the request's own. */
async function checkToken({ ports, scope, fields }: Call<typeof TOKEN_FIELDS>): Promise<void> {
  await getWrappingToken(ports, fields.token, scope.sentToken);
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
    read: ({ ports, scope, fields }) => lookUpWrapped(ports, scope, fields.token),
    update: ({ ports, scope, fields }) => lookUpWrapped(ports, scope, fields.token),
    help: "Where a wrapped answer came from; it stays wrapped.",
  }),
  route({
    path: "wrapping/unwrap",
    fields: TOKEN_FIELDS,
    before: checkToken,
    update: ({ ports, scope, fields }) => unwrap(ports, scope, fields.token),
    help: "Opens a wrapped answer, once.",
  }),
  route({
    path: "wrapping/rewrap",
    fields: TOKEN_FIELDS,
    before: checkToken,
    update: ({ ports, scope, fields }) => rewrap(ports, scope, fields.token),
    help: "Moves a wrapped answer into a fresh wrapping token.",
  }),
];
