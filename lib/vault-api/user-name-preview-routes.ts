import { previewUserNames } from "@/lib/engine/aws-secrets/user-name-preview";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Relative to `sys/`. */
export const userNamePreviewRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/user-name-preview",
    fields: { username_template: text(), display_name: text(), role: text() },
    read: ({ ports, fields }) =>
      previewUserNames(ports, {
        template: fields.username_template ?? "",
        displayName: fields.display_name ?? "token",
        roleName: fields.role ?? "role",
      }),
    help: "The names that a template of an AWS secrets engine makes.",
  }),
];
