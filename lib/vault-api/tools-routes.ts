import { hashInput, randomBytes } from "@/lib/engine/system/tools";
import { integer, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const RANDOM_FIELDS = { source: text(), bytes: integer(), format: text() } as const;
const RANDOM_HELP = "Random bytes.";

const HASH_FIELDS = { input: text(), algorithm: text(), format: text() } as const;
const HASH_HELP = "The digest of a base64 input.";

/** One part of a path, whatever is in it: the count is judged by its own text. */
const ANYTHING = "[^/]+";

/** Paths are relative to `sys/`. */
export const toolsRoutes: readonly AnyRoute[] = [
  route({
    path: "tools/random",
    fields: RANDOM_FIELDS,
    update: ({ ports, fields }) => Promise.resolve(randomBytes(ports, { ...fields, inPath: [] })),
    help: RANDOM_HELP,
  }),
  route({
    path: "tools/random/:urlbytes",
    names: { urlbytes: ANYTHING },
    fields: { ...RANDOM_FIELDS, urlbytes: text() },
    update: ({ ports, fields }) =>
      Promise.resolve(randomBytes(ports, { ...fields, inPath: [fields.urlbytes ?? ""] })),
    help: RANDOM_HELP,
  }),
  route({
    path: "tools/random/:source/:urlbytes",
    names: { source: ANYTHING, urlbytes: ANYTHING },
    fields: { ...RANDOM_FIELDS, urlbytes: text() },
    update: ({ ports, fields }) =>
      Promise.resolve(
        randomBytes(ports, { ...fields, inPath: [fields.source ?? "", fields.urlbytes ?? ""] }),
      ),
    help: RANDOM_HELP,
  }),
  route({
    path: "tools/hash",
    fields: HASH_FIELDS,
    update: ({ fields }) => Promise.resolve(hashInput({ ...fields, input: fields.input ?? "" })),
    help: HASH_HELP,
  }),
  route({
    path: "tools/hash/:urlalgorithm",
    names: { urlalgorithm: ANYTHING },
    fields: { ...HASH_FIELDS, urlalgorithm: text() },
    update: ({ fields }) =>
      Promise.resolve(
        hashInput({ ...fields, input: fields.input ?? "", algorithm: fields.urlalgorithm }),
      ),
    help: HASH_HELP,
  }),
];
