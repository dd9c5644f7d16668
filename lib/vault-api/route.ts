import type { Decision } from "@/lib/engine/answer";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { Field, FieldValues } from "@/lib/vault-api/fields";

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a handler gets: the parsed fields and all it may call with them. */
export type Call<F extends Fields> = {
  ports: Ports;
  scope: RequestScope;
  /** Undefined: not supplied. Names captured by the path are fields too. */
  fields: FieldValues<F>;
  /** The input as sent (body, or query of a read), before coercion; names of the path included. */
  raw: Readonly<Record<string, unknown>>;
};

export type Handler<F extends Fields> = (call: Call<F>) => Promise<Decision>;

export type Route<F extends Fields> = {
  /**
   * Relative to the mount: `config/client`, `role/:role`, `creds/:name`, `lookup/*prefix` (the rest,
   * slashes included, may be empty). Lists are matched with their trailing slash: `role/`.
   */
  path: string;
  /** Regular expressions of path names; default: letters, digits, `_`, inside also `-` and `.`. */
  names?: Readonly<Record<string, string>>;
  fields: F;
  /** No token needed. */
  public?: boolean;
  /** Takes whatever is sent: no warning about unknown fields. */
  anyInput?: boolean;
  /** Runs before the request's token is judged, and may refuse in its stead. */
  before?: (call: Call<F>) => Promise<void>;
  /** Tells whether the object exists already: a write is `update` if it does, else `create`. */
  exists?: (call: Call<F>) => Promise<boolean>;
  read?: Handler<F>;
  list?: Handler<F>;
  /** POST and PUT. */
  update?: Handler<F>;
  patch?: Handler<F>;
  delete?: Handler<F>;
  /** Its answers do not tell the type of the mount. */
  unnamedMount?: boolean;
  /** The keys of `data` stand at the top level of the body too. */
  duplicated?: boolean;
  /** One sentence for `?help=1` and the OpenAPI document. */
  help: string;
};

/** A route whose fields only it knows. */
export type AnyRoute = {
  [K in keyof Route<Fields>]: Route<Fields>[K];
};

/** Declares a route; from the table come parsing, warnings, redaction, help and tests. */
export function route<const F extends Fields>(definition: Route<F>): AnyRoute {
  // The fields were checked against the handlers above; the table forgets their exact types.
  return definition as unknown as AnyRoute;
}
