import type { StoredDenial } from "@/lib/engine/session-denial/denial";

/** A condition value of sessions that are denied by name, and instants as IAM takes them. */
type Statement = {
  Sid: string;
  Effect: "Deny";
  Action: "*";
  Resource: "*";
  Condition: Record<string, Record<string, string | string[]>>;
};

export type DenialDocument = {
  /** Null: nobody is denied. */
  text: string | null;
  /** Lease ids that it denies by name, and those that it denies by age. */
  named: readonly string[];
  cut: readonly string[];
  /** Lease ids that it has no room for. */
  left: readonly string[];
  /** Sessions issued before it are denied; null: no cut. */
  cutBefore: Date | null;
};

export type Room = {
  /** Characters that the document may have. */
  charsMax: number;
  /** Where there is no room: leave the newest out, or deny by age. */
  overflow: "refuse" | "cut";
  /** On a role its own id goes without saying, and is left out where room is short. */
  onRole: boolean;
};

type Denied = Pick<
  StoredDenial,
  "leaseId" | "awsUserId" | "isUnique" | "issuedAt" | "askedAt" | "state"
>;

/**
 * The policy that denies these sessions and nobody else.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export function denialDocument(denials: readonly Denied[], room: Room): DenialDocument {
  for (const short of room.onRole ? [false, true] : [false]) {
    const text = written(denials, short, null);
    if (fits(text, room)) return { ...ALL, text, named: idsOf(denials) };
  }
  return room.overflow === "cut" ? cutDocument(denials, room) : shortenedDocument(denials, room);
}

const ALL: Pick<DenialDocument, "cut" | "left" | "cutBefore"> = {
  cut: [],
  left: [],
  cutBefore: null,
};

function fits(text: string | null, { charsMax }: Room): boolean {
  return text === null || text.length <= charsMax;
}

function idsOf(denials: readonly Denied[]): string[] {
  return denials.map(({ leaseId }) => leaseId);
}

/** What is denied already stays denied; of the others the first that asked. */
function shortenedDocument(denials: readonly Denied[], room: Room): DenialDocument {
  const inOrder = [...denials].sort(
    (one, other) =>
      Number(isNew(one)) - Number(isNew(other)) || one.askedAt.getTime() - other.askedAt.getTime(),
  );
  const count = largest(inOrder.length, (kept) =>
    fits(written(inOrder.slice(0, kept), room.onRole, null), room),
  );
  const kept = inOrder.slice(0, count);
  return {
    ...ALL,
    text: written(kept, room.onRole, null),
    named: idsOf(kept),
    left: idsOf(inOrder.slice(count)),
  };
}

function isNew({ state }: Denied): boolean {
  return state === "pending" || state === "failed";
}

/** The sessions issued last by name, all that were issued before them by age. */
function cutDocument(denials: readonly Denied[], room: Room): DenialDocument {
  const newestFirst = [...denials].sort(
    (one, other) => other.issuedAt.getTime() - one.issuedAt.getTime(),
  );
  const cutAt = (kept: number): Date | null => {
    const first = newestFirst[kept];
    return first === undefined ? null : new Date(first.issuedAt.getTime() + 1000);
  };
  const count = largest(newestFirst.length, (kept) =>
    fits(written(newestFirst.slice(0, kept), room.onRole, cutAt(kept)), room),
  );
  const cutBefore = cutAt(count);
  return {
    text: written(newestFirst.slice(0, count), room.onRole, cutBefore),
    named: idsOf(newestFirst.slice(0, count)),
    cut: idsOf(newestFirst.slice(count)),
    left: [],
    cutBefore,
  };
}

/** The largest number from 0 to `max` that is good; if one is, all smaller ones are. */
function largest(max: number, isGood: (count: number) => boolean): number {
  let low = 0;
  let high = max;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isGood(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function written(
  denials: readonly Denied[],
  isShort: boolean,
  cutBefore: Date | null,
): string | null {
  const unique = new Set(denials.filter((one) => one.isUnique).map(({ awsUserId }) => awsUserId));
  const others = latestByName(denials.filter((one) => !one.isUnique && !unique.has(one.awsUserId)));
  const statements = [
    ...(unique.size === 0 ? [] : [byName([...unique].sort(), isShort)]),
    ...others.map((one, index) => byNameAndAge(one, `N${index}`, isShort)),
    ...(cutBefore === null
      ? []
      : [statement("T", { DateLessThan: { "aws:TokenIssueTime": instant(cutBefore) } })]),
  ];
  return statements.length === 0
    ? null
    : JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Of one name the session that was issued last: earlier ones are denied with it. */
function latestByName(denials: readonly Denied[]): Denied[] {
  const byId = new Map<string, Denied>();
  for (const one of denials) {
    const known = byId.get(one.awsUserId);
    if (known === undefined || known.issuedAt < one.issuedAt) byId.set(one.awsUserId, one);
  }
  return [...byId.values()].sort((one, other) => (one.awsUserId < other.awsUserId ? -1 : 1));
}

function byName(ids: readonly string[], isShort: boolean): Statement {
  const { operator, value } = nameTest(isShort);
  return statement("S", { [operator]: { "aws:userid": ids.map(value) } });
}

function byNameAndAge(one: Denied, sid: string, isShort: boolean): Statement {
  const { operator, value } = nameTest(isShort);
  return statement(sid, {
    [operator]: { "aws:userid": value(one.awsUserId) },
    DateLessThanEquals: { "aws:TokenIssueTime": instant(new Date(one.issuedAt.getTime() + 1000)) },
  });
}

/** Session names hold neither `*` nor `?`, so on the role itself its id can be left out. */
function nameTest(isShort: boolean): { operator: string; value: (id: string) => string } {
  return isShort
    ? { operator: "StringLike", value: (id) => `*:${id.slice(id.indexOf(":") + 1)}` }
    : { operator: "StringEquals", value: (id) => id };
}

function statement(Sid: string, Condition: Statement["Condition"]): Statement {
  return { Sid, Effect: "Deny", Action: "*", Resource: "*", Condition };
}

function instant(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
