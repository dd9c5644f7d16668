export type XmlElement = {
  name: string;
  children: XmlElement[];
  /** Empty when it has children. */
  text: string;
};

/** Deeper than any answer that is read here. */
const DEPTH_MAX = 8;
const ELEMENTS_MAX = 256;

const DECLARATION =
  /^<\?xml\s+version=(?:"1\.0"|'1\.0')(?:\s+encoding=(?:"utf-8"|'utf-8'))?(?:\s+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>[ \t\r\n]*/i;
const MARKUP = /<(\/?)([A-Za-z][A-Za-z0-9]*)(?:\s+xmlns=(?:"([^"<&]*)"|'([^'<&]*)'))?\s*(\/?)>/y;
const TEXT = /[^<]+/y;
const BLANK = /^[ \t\r\n]*$/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/**
 * Reads a small XML document of one namespace, declared on its root and nowhere else. Null for
 * whatever AWS does not send: DOCTYPE, comments, CDATA, processing instructions, prefixes, attributes,
 * entities beyond XML's own five, text beside elements, anything before or after the root.
 */
export function readStrictXml(text: string, namespace: string): XmlElement | null {
  const reader = new Reader(text.replace(DECLARATION, ""), namespace);
  return reader.document();
}

class Reader {
  readonly #text: string;
  readonly #namespace: string;
  #at = 0;
  #elements = 0;

  constructor(text: string, namespace: string) {
    this.#text = text;
    this.#namespace = namespace;
  }

  document(): XmlElement | null {
    const root = this.#element(0);
    return root !== null && this.#at === this.#text.length ? root : null;
  }

  #element(depth: number): XmlElement | null {
    const start = this.#match(MARKUP);
    if (start === null || start[1] === "/") return null;
    this.#elements += 1;
    if (depth >= DEPTH_MAX || this.#elements > ELEMENTS_MAX) return null;
    const declared = start[3] ?? start[4];
    if (depth === 0 ? declared !== this.#namespace : declared !== undefined) return null;
    const name = start[2] ?? "";
    if (start[5] === "/") return { name, children: [], text: "" };
    return this.#content(name, depth);
  }

  #content(name: string, depth: number): XmlElement | null {
    const children: XmlElement[] = [];
    let text = "";
    for (;;) {
      text += this.#match(TEXT)?.[0] ?? "";
      if (this.#text.startsWith("</", this.#at)) break;
      const child = this.#element(depth + 1);
      if (child === null) return null;
      children.push(child);
    }
    const end = this.#match(MARKUP);
    if (end?.[2] !== name || end[3] !== undefined || end[4] !== undefined || end[5] === "/") {
      return null;
    }
    if (children.length > 0) return BLANK.test(text) ? { name, children, text: "" } : null;
    const decoded = decodeEntities(text);
    return decoded === null ? null : { name, children, text: decoded };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

function decodeEntities(text: string): string | null {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return null;
  return text.replace(/&([a-z]+);/g, (_entity, name: string) => ENTITIES[name] ?? "");
}
