import { invalidRequest } from "@/lib/engine/errors";

/** What the templates of a policy's paths may name: the caller's entity. */
export type TemplateContext = {
  readonly entity: {
    readonly id: string;
    readonly name: string;
    readonly metadata: Readonly<Record<string, string>>;
    /** By the accessor of the mount they belong to. */
    readonly aliases: Readonly<
      Record<string, { id: string; name: string; metadata: Readonly<Record<string, string>> }>
    >;
  };
};

/** A path with its templates filled in, or the template that keeps its block out. */
export type FilledPath =
  { path: string } | { selector: string; problem: "no_value" | "unsafe_value" };

// A wildcard or a slash out of a value would make the rule match more than its author wrote, and an
// empty value the folder above. Vault puts values in as they are.
const UNSAFE = /[*+/]/;

const ENTITY = "identity.entity.";
const METADATA = "metadata.";
const ALIASES = "aliases.";

/**
 * True when a path of a policy has templates.
 *
 * @throws EngineError `invalid_request` when their braces do not pair.
 */
export function hasTemplates(path: string): boolean {
  return templateParts(path).length > 1;
}

/**
 * Puts the caller's values into a path, once: a value with braces is not read again.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#templated-policies
 */
export function fillTemplates(path: string, context: TemplateContext | null): FilledPath {
  let filled = "";
  for (const { selector, text } of templateParts(path)) {
    if (selector !== null) {
      const value = context === null ? null : valueOf(selector, context);
      if (value === null) return { selector, problem: "no_value" };
      if (value === "" || UNSAFE.test(value)) return { selector, problem: "unsafe_value" };
      filled += value;
    }
    filled += text;
  }
  return { path: filled };
}

/** `a/{{x}}/b` as `a/` and then the selector `x` with the text `/b` behind it. */
function templateParts(path: string): { selector: string | null; text: string }[] {
  return path.split("{{").map((piece, index) => {
    const halves = piece.split("}}");
    const [before = "", after = ""] = halves;
    if (halves.length !== (index === 0 ? 1 : 2)) {
      throw invalidRequest(
        "failed to validate policy templating: unbalanced templating characters",
      );
    }
    return index === 0
      ? { selector: null, text: before }
      : { selector: before.trim(), text: after };
  });
}

/** Groups and custom metadata, which Vault also knows, are not kept here and so have no value. */
function valueOf(selector: string, { entity }: TemplateContext): string | null {
  if (!selector.startsWith(ENTITY)) return null;
  const field = selector.slice(ENTITY.length);
  if (!field.startsWith(ALIASES)) return fieldOf(entity, field);
  const [accessor = "", ...rest] = field.slice(ALIASES.length).split(".");
  const alias = Object.hasOwn(entity.aliases, accessor) ? entity.aliases[accessor] : undefined;
  return alias === undefined ? null : fieldOf(alias, rest.join("."));
}

function fieldOf(
  named: { id: string; name: string; metadata: Readonly<Record<string, string>> },
  field: string,
): string | null {
  if (field === "id") return named.id;
  if (field === "name") return named.name;
  if (!field.startsWith(METADATA)) return null;
  const key = field.slice(METADATA.length);
  return Object.hasOwn(named.metadata, key) ? (named.metadata[key] ?? null) : null;
}
