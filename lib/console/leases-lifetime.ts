import type { Lease } from "@/lib/console/leases";
import { TERM_WORDS } from "@/lib/console/leases-words";

/** A limit of a lease, on the bar. */
export type Mark = {
  /** From 1, in the order of time. */
  number: number;
  term: string;
  label: string;
  means: string;
  at: string;
  afterSeconds: number;
  /** From 0 to 1; null: beyond the bar. */
  place: number | null;
  /** Numbers of all marks so close that one label stands for them. */
  numbers: string;
  isLabelled: boolean;
  binds: boolean;
};

export type Lifetime = { marks: Mark[]; now: number; end: number };

/** Two clocks, and whole seconds at AWS. */
const SAME_MS = 2_000;
/** Labels nearer than this would lie over each other, as part of the bar. */
const NEAR = 0.04;
/** Limits further away than so many lives would squeeze the rest together. */
const LIVES_SHOWN = 3;

/** Of limits that fall together the one that explains the others, nearest to the caller first. */
const EXPLAINING = [
  ...["requested", "role_default", "role_max", "lease_default", "lease_max", "mount_default"],
  ...["mount_max", "role_chaining", "token", "aws_session", "lease"],
];

/** Where the limits of a lease fall between its issue and the end of the bar. */
export function lifetimeOf(
  lease: Lease,
  limits: readonly { term: string; at: string }[],
  now: number,
): Lifetime {
  const start = Date.parse(lease.issued_at);
  const sorted = limits
    .map(({ term, at }) => ({ term, at, time: Date.parse(at) }))
    .sort((one, other) => one.time - other.time || rank(one.term) - rank(other.term));
  const first = sorted[0]?.time ?? Date.parse(lease.expires_at);
  const ended = lease.ended_at === null ? null : Date.parse(lease.ended_at);
  const own = ["lease", "aws_session", "token"];
  const near = sorted.filter(({ term }) => own.includes(term)).map(({ time }) => time);
  const life = Math.max(...near, first, start + 1) - start;
  const shown = sorted.filter(({ time }) => time - start <= life * LIVES_SHOWN);
  const span = Math.max(life, ...shown.map(({ time }) => time - start)) * 1.02;
  const part = (time: number): number => Math.min(1, Math.max(0, (time - start) / span));
  const binding = bindingOf(sorted, first);
  const marks = sorted.map(({ term, at, time }, index): Mark => ({
    number: index + 1,
    term,
    at,
    ...(TERM_WORDS[term] ?? { label: term, means: "" }),
    afterSeconds: Math.round((time - start) / 1000),
    place: time - start > span ? null : part(time),
    numbers: "",
    isLabelled: false,
    binds: term === binding,
  }));
  return { marks: labelled(marks), now: part(ended ?? now), end: part(ended ?? first) };
}

function rank(term: string): number {
  const at = EXPLAINING.indexOf(term);
  return at === -1 ? EXPLAINING.length : at;
}

function bindingOf(limits: readonly { term: string; time: number }[], first: number): string {
  const earliest = limits.filter(({ time }) => time - first <= SAME_MS);
  return [...earliest].sort((one, other) => rank(one.term) - rank(other.term))[0]?.term ?? "";
}

/** One label for marks that stand close together: `1–3`. */
function labelled(marks: readonly Mark[]): Mark[] {
  const groups: Mark[][] = [];
  for (const mark of marks) {
    const group = groups.at(-1);
    const before = group?.at(-1)?.place ?? null;
    const isNear = mark.place !== null && before !== null && mark.place - before < NEAR;
    if (group !== undefined && isNear) group.push(mark);
    else groups.push([mark]);
  }
  return groups.flatMap((group) =>
    group.map((mark, index) => ({
      ...mark,
      isLabelled: index === group.length - 1,
      numbers:
        group.length === 1 ? String(mark.number) : `${group[0]?.number ?? ""}–${mark.number}`,
    })),
  );
}
