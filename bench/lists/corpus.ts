/** A read of a list; `pages`: so many pages are turned before it is measured. */
export type ListQuery = { title: string; path: string; pages?: number };

const NOWHERE = "zzzqqq-nowhere";
const DAY_MS = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

const list = (name: string, filters: readonly (readonly [string, string])[]): ListQuery[] =>
  filters.map(([title, query]) => ({
    title: `${name}: ${title}`,
    path: `sys/leasehold/${name}?${query}`,
  }));

const LEASES = list("leases", [
  ["newest", "limit=50"],
  ["oldest", "sort=issued"],
  ["ending first", "sort=ends"],
  ["ending last", "sort=-ends"],
  ["one mount", "mount=aws/"],
  ["one role", "role=build-user"],
  ["one role, oldest", "role=build-user&sort=issued"],
  ["one role, ending first", "role=build-user&sort=ends"],
  ["mount, role", "mount=aws/&role=reports-user"],
  ["role, type", "role=reports-user&kind=iam_user"],
  ["account, type", "account=444455556666&kind=assumed_role"],
  ["two mounts, two types", "mount=aws/,aws-production/&kind=iam_user,session_token"],
  ["role and type that never meet", "role=orders-data&kind=iam_user"],
  ["mount and role that never meet", "mount=aws-production/&role=build-user"],
  ["account and type that never meet", "account=444455556666&kind=session_token"],
  ["type and role that never meet, ending first", "role=orders-data&kind=iam_user&sort=ends"],
  ["a role that is not there", "role=nowhere"],
  ["two roles that are not there, ending first", "role=nowhere,neither&sort=ends"],
  ["two types that never meet a role", "kind=iam_user,session_token&role=orders-data"],
  ["all types, two roles that are not there", "kind=iam_user,assumed_role&role=nowhere,neither"],
  ["an account that is not there, two mounts", "account=000000000000&mount=aws/,aws-production/"],
  [
    "issued in an hour nine days ago, a role",
    `role=app-readonly&issued_after=${ago(9)}&issued_before=${ago(8.96)}`,
  ],
  ["ends within an hour, a type", `kind=iam_user&ends_before=${ago(-1 / 24)}`],
  ["irrevocable", "state=irrevocable"],
  ["irrevocable, a role that has none", "state=irrevocable&role=orders-data"],
  ["active", "state=active"],
  ["revoking", "state=revoking"],
  ["revoking, a role", "state=revoking&role=build-user"],
  ["leaving types out", "not_kind=iam_user"],
  ["leaving out all types", "not_kind=iam_user,assumed_role,session_token,federation_token"],
  ["words that match nothing", `q=${NOWHERE}`],
  ["words that match one in 20", "q=orders-api"],
  ["words that match everything", "q=arn:aws:sts"],
  ["words and a filter", "q=orders-api&kind=iam_user"],
  ["words and a filter that never meet", "q=orders-api&role=build-user"],
  ["a holder's session name", "holder=payments-api/i-0&mount=aws/"],
  ["an access key id that is not there", "access_key_id=ASIANOWHERE000000000"],
  ["an accessor that is not there", `accessor=${NOWHERE}`],
  ["ended", "state=ended"],
  ["ended, oldest", "state=ended&sort=ended"],
  ["ended, mount, role", "state=ended&mount=aws/&role=ci-upload"],
  ["ended, role and type that never meet", "state=ended&role=orders-data&kind=iam_user"],
  ["ended, words that match nothing", `state=ended&q=${NOWHERE}`],
  ["ended, words that match everything", "state=ended&q=arn:aws:sts"],
  ["any state, a role", "state=any&role=backup-session"],
  ["counted", "count=true"],
  ["counted, two filters", "mount=aws/&kind=iam_user&count=true"],
  ["counted, words", "q=orders-api&count=true"],
  ["counted, words that match everything", "q=arn:aws:sts&count=true"],
]);

const TOKENS = list("tokens", [
  ["newest", "limit=50"],
  ["oldest", "sort=issued"],
  ["one mount", "mount=auth/aws/"],
  ["a mount with few", "mount=auth/userpass/"],
  ["words that match nothing", `q=${NOWHERE}`],
  ["words that match one in 20", "q=orders-api"],
  ["words that match everything", "q=aws-"],
  ["issued in one hour", `issued_after=${ago(3)}&issued_before=${ago(2.96)}`],
  ["ended", "state=ended"],
  ["ended, oldest", "state=ended&sort=ended"],
  ["ended, words that match nothing", `state=ended&q=${NOWHERE}`],
  ["counted", "count=true"],
  ["counted, words", "q=orders-api&count=true"],
]);

const day = `from=${ago(1)}`;
const AUDIT = list("audit", [
  ["newest of a day", day],
  ["newest of all", "limit=100"],
  ["oldest of all", "sort=time"],
  ["errors of a day", `${day}&outcome=denied,refused,failed`],
  ["errors of 30 days", "outcome=failed"],
  ["status that never was", `${day}&status=418`],
  ["status that never was, 30 days", "status=418"],
  ["a path of a day", `${day}&path=aws/creds/`],
  ["a path that never was", "path=nowhere/"],
  ["all but a path", `${day}&not_path=auth/`],
  ["an operation of a day", `${day}&operation=update`],
  ["an operation that never was, a day", `${day}&operation=patch`],
  ["an operation that never was, 30 days", "operation=patch"],
  ["an accessor that never was", `accessor=${NOWHERE}`],
  ["events of a day", `${day}&kind=event`],
  ["open requests of a day", `${day}&outcome=open`],
  ["an address of a day", `${day}&remote_address=10.23.4.5`],
  ["an address that never was, a day", `${day}&remote_address=192.0.2.1`],
  ["an address that never was, 30 days", "remote_address=192.0.2.1"],
  ["a lease that never was", `lease_id=${NOWHERE}`],
  ["words of a day", `${day}&q=payments-api`],
  ["words that match nothing, a day", `${day}&q=${NOWHERE}`],
  ["words that match nothing, 30 days", `q=${NOWHERE}`],
  ["counted, a day", `${day}&count=true`],
  ["counted, 30 days", "count=true"],
  ["histogram of a day", `${day}&histogram=96`],
  ["histogram of 30 days", `from=${ago(30)}&histogram=120`],
  ["histogram of a day, a path", `${day}&histogram=96&path=aws/creds/`],
]);

const DEEP: readonly ListQuery[] = [
  { title: "leases: tenth page of 500", path: "sys/leasehold/leases?limit=500", pages: 9 },
  {
    title: "leases: tenth page of 500, two filters, ending first",
    path: "sys/leasehold/leases?limit=500&mount=aws/&kind=iam_user&sort=ends",
    pages: 9,
  },
  { title: "tokens: tenth page of 500", path: "sys/leasehold/tokens?limit=500", pages: 9 },
  { title: "audit: tenth page of 500", path: "sys/leasehold/audit?limit=500", pages: 9 },
];

/** What the console's lists may be asked, with what matches much, little and nothing. */
export const CORPUS: readonly ListQuery[] = [
  ...LEASES,
  ...TOKENS,
  ...AUDIT,
  ...DEEP,
  ...list("jobs", [["newest", "list=true"]]),
  ...list("history", [
    ["newest", "limit=50"],
    ["a kind", "kind=policy"],
    ["a kind that is not there", "kind=nowhere"],
  ]),
  { title: "lookup: one level of leases", path: "sys/leases/lookup/aws/creds?list=true" },
];
