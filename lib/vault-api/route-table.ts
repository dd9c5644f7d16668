import type { AnyRoute } from "@/lib/vault-api/route";

/** Path names: letters, digits and `_`; inside also `-` and `.`. */
const DEFAULT_NAME = String.raw`\w(?:[\w.-]*\w)?`;

export type RouteMatch = { route: AnyRoute; names: Readonly<Record<string, string>> };

type Compiled = { route: AnyRoute; pattern: RegExp };

/** The routes of one type of mount, found by the part of the path behind the mount. */
export class RouteTable {
  readonly routes: readonly AnyRoute[];
  readonly #literal = new Map<string, RouteMatch>();
  readonly #patterns: Compiled[] = [];

  constructor(routes: readonly AnyRoute[]) {
    this.routes = routes;
    for (const route of routes) {
      if (/[:*]/.test(route.path)) this.#patterns.push({ route, pattern: patternOf(route) });
      else this.#literal.set(route.path, { route, names: {} });
    }
  }

  /** The first route that has this path, whatever it can do; null: unsupported path. */
  match(path: string): RouteMatch | null {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return literal;
    for (const { route, pattern } of this.#patterns) {
      const found = pattern.exec(path);
      if (found !== null) return { route, names: { ...found.groups } };
    }
    // A list is known without its slash too, where it can do nothing: unsupported operation.
    return this.#literal.get(`${path}/`) ?? null;
  }
}

/** `role/:role/tag` and `lookup/*prefix` as an anchored expression with named groups. */
function patternOf(route: AnyRoute): RegExp {
  const source = route.path.replaceAll(/[.+?^$()[\]{}|\\]|([:*])(\w+)/g, (whole, kind, name) => {
    if (typeof name !== "string") return `\\${whole}`;
    if (kind === "*") return `(?<${name}>[^]*)`;
    return `(?<${name}>${route.names?.[name] ?? DEFAULT_NAME})`;
  });
  return new RegExp(`^${source}$`);
}
