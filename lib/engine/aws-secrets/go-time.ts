const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The parts of Go's reference time, longest first where one begins another. */
const LAYOUT_PART =
  /January|Jan|Monday|Mon|MST|2006|Z07:00|Z0700|Z07|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|_2|002|01|02|03|04|05|06|15|PM|pm|1|2|3|4|5/g;

/**
 * Writes `instant`, in UTC, by one of Go's layouts: `2006-01-02T15:04:05Z07:00`.
 *
 * @see https://pkg.go.dev/time#pkg-constants
 */
export function formatGoTime(instant: Date, layout: string): string {
  return layout.replace(LAYOUT_PART, (part) => partOf(instant, part));
}

function partOf(instant: Date, part: string): string {
  if (part.startsWith(".") || part.startsWith(",")) return fraction(instant, part);
  const month = MONTHS[instant.getUTCMonth()] ?? "";
  const day = DAYS[instant.getUTCDay()] ?? "";
  const hour = instant.getUTCHours();
  const parts: Record<string, string> = {
    January: month,
    Jan: month.slice(0, 3),
    Monday: day,
    Mon: day.slice(0, 3),
    MST: "UTC",
    "2006": String(instant.getUTCFullYear()),
    "06": two(instant.getUTCFullYear() % 100),
    "01": two(instant.getUTCMonth() + 1),
    "1": String(instant.getUTCMonth() + 1),
    "02": two(instant.getUTCDate()),
    "2": String(instant.getUTCDate()),
    _2: String(instant.getUTCDate()).padStart(2, " "),
    "002": String(dayOfYear(instant)).padStart(3, "0"),
    "15": two(hour),
    "03": two(hour % 12 || 12),
    "3": String(hour % 12 || 12),
    "04": two(instant.getUTCMinutes()),
    "4": String(instant.getUTCMinutes()),
    "05": two(instant.getUTCSeconds()),
    "5": String(instant.getUTCSeconds()),
    PM: hour < 12 ? "AM" : "PM",
    pm: hour < 12 ? "am" : "pm",
    "Z07:00": "Z",
    Z0700: "Z",
    Z07: "Z",
    "-07:00": "+00:00",
    "-0700": "+0000",
    "-07": "+00",
  };
  return parts[part] ?? part;
}

/** `.000` keeps its zeros, `.999` drops them, and itself when nothing is left. */
function fraction(instant: Date, part: string): string {
  const digits = String(instant.getUTCMilliseconds()).padStart(3, "0").padEnd(9, "0");
  const cut = digits.slice(0, part.length - 1);
  if (part.charAt(1) === "0") return part.charAt(0) + cut;
  const kept = cut.replace(/0+$/, "");
  return kept === "" ? "" : part.charAt(0) + kept;
}

function dayOfYear(instant: Date): number {
  const start = Date.UTC(instant.getUTCFullYear(), 0, 1);
  return Math.floor((instant.getTime() - start) / 86_400_000) + 1;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
