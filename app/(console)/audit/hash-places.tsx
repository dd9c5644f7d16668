"use client";

import Alert from "@cloudscape-design/components/alert";
import type { AuditRequest } from "@/lib/console/audit";

/** Where in an entry the value stands that was compared. */
export function HashPlaces({ entry, hashes }: { entry: AuditRequest; hashes: readonly string[] }) {
  const { request, auth, response } = entry;
  const places = placesOf({ request, auth, response }, hashes, []);
  if (places.length === 0) {
    return <Alert type="info">The value that you compared is not in this entry.</Alert>;
  }
  return (
    <Alert type="success" header="The value that you compared is in this entry">
      {places.map((place) => (
        <div key={place}>
          <code>{place}</code>
        </div>
      ))}
    </Alert>
  );
}

function placesOf(
  value: unknown,
  hashes: readonly string[],
  path: readonly string[],
): readonly string[] {
  if (typeof value === "string") {
    return hashes.some((hash) => value.includes(hash)) ? [path.join(".")] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => placesOf(below, hashes, [...path, name]));
}
