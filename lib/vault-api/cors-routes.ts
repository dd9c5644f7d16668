import { deleteCors, readCors, writeCors } from "@/lib/engine/system/cors";
import { commaList } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const corsRoutes: readonly AnyRoute[] = [
  route({
    path: "config/cors",
    fields: { allowed_origins: commaList(), allowed_headers: commaList() },
    read: ({ scope }) => readCors(scope),
    update: ({ scope, fields }) =>
      Promise.resolve(
        writeCors(scope, {
          allowedOrigins: fields.allowed_origins ?? [],
          allowedHeaders: fields.allowed_headers ?? [],
        }),
      ),
    delete: ({ scope }) => Promise.resolve(deleteCors(scope)),
    duplicated: true,
    help: "Which pages of other origins may call from a browser.",
  }),
];
