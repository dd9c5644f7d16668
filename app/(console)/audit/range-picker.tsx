"use client";

import DateRangePicker, {
  type DateRangePickerProps,
} from "@cloudscape-design/components/date-range-picker";
import { usePreferences } from "@/components/preferences";
import { type AuditAddress, DEFAULT_FROM } from "@/lib/console/audit-address";

const UNITS = { minute: "m", hour: "h", day: "d" } as const;
type Unit = keyof typeof UNITS;
const UNIT_NAMES = Object.keys(UNITS).filter((name): name is Unit => name in UNITS);

const OPTIONS: readonly DateRangePickerProps.RelativeOption[] = [
  { key: "15m", amount: 15, unit: "minute", type: "relative" },
  { key: "1h", amount: 1, unit: "hour", type: "relative" },
  { key: "6h", amount: 6, unit: "hour", type: "relative" },
  { key: "24h", amount: 24, unit: "hour", type: "relative" },
  { key: "7d", amount: 7, unit: "day", type: "relative" },
  { key: "30d", amount: 30, unit: "day", type: "relative" },
];

type Range = Pick<AuditAddress, "from" | "to">;

/** From when to when; relative ranges end in the present. Absolute ones are in the zone that is preferred. */
export function RangePicker({
  range,
  onChange,
}: {
  range: Range;
  onChange: (range: Range) => void;
}) {
  const { zone } = usePreferences().preferences;
  return (
    <DateRangePicker
      ariaLabel="Time range"
      value={valueOf(range)}
      relativeOptions={OPTIONS}
      customRelativeRangeUnits={[...UNIT_NAMES]}
      isValidRange={checked}
      showClearButton={false}
      absoluteFormat="iso"
      dateInputFormat="iso"
      {...(zone === "utc" && { getTimeOffset: () => 0 })}
      onChange={({ detail }) => {
        const next = rangeOf(detail.value);
        if (next !== null) onChange(next);
      }}
      i18nStrings={TEXTS}
    />
  );
}

const TEXTS: DateRangePickerProps.I18nStrings = {
  formatRelativeRange: ({ amount, unit }) =>
    `Last ${amount === 1 ? "" : `${amount} `}${unit}${amount === 1 ? "" : "s"}`,
};

function valueOf({ from, to }: Range): DateRangePickerProps.Value {
  const [, amount, letter] = /^-(\d+)([mhd])$/.exec(from) ?? [];
  const unit = UNIT_NAMES.find((name) => UNITS[name] === letter);
  if (unit !== undefined && to === "") {
    const option = OPTIONS.find((one) => one.amount === Number(amount) && one.unit === unit);
    return option ?? { type: "relative", amount: Number(amount), unit };
  }
  return { type: "absolute", startDate: from, endDate: to === "" ? new Date().toISOString() : to };
}

function rangeOf(value: DateRangePickerProps.Value | null): Range | null {
  if (value === null) return { from: DEFAULT_FROM, to: "" };
  if (value.type === "relative") {
    const unit = UNIT_NAMES.find((name) => name === value.unit);
    return unit === undefined ? null : { from: `-${value.amount}${UNITS[unit]}`, to: "" };
  }
  return {
    from: new Date(value.startDate).toISOString(),
    to: new Date(value.endDate).toISOString(),
  };
}

function checked(value: DateRangePickerProps.Value | null): DateRangePickerProps.ValidationResult {
  const bad = (errorMessage: string) => ({ valid: false as const, errorMessage });
  if (value === null) return bad("Choose a range.");
  if (value.type === "relative") {
    const isWhole = Number.isInteger(value.amount) && value.amount > 0 && value.amount < 10_000;
    return isWhole ? { valid: true } : bad("Choose a whole number from 1 to 9999.");
  }
  const [start, end] = [new Date(value.startDate), new Date(value.endDate)];
  if (Number.isNaN(start.getTime()) || Number.isNaN(end.getTime())) {
    return bad("Both a start and an end are needed.");
  }
  return start < end ? { valid: true } : bad("The end is before the start.");
}
