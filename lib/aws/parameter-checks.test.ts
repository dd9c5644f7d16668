import { expect, test } from "vitest";
import { checkParameters } from "@/lib/aws/parameter-checks";

test("S364 every violation is listed in the order of the checks", () => {
  expect(() =>
    checkParameters("AssumeRoleInput", [
      { field: "DurationSeconds", number: 1, valueMin: 900 },
      { field: "ExternalId", text: undefined, sizeMin: 2 },
      { field: "RoleArn", text: "short", sizeMin: 20 },
      { field: "Tags[0].Key", text: "", sizeMin: 1 },
    ]),
  ).toThrow(
    "InvalidParameter: 3 validation error(s) found.\n- minimum field value of 900, AssumeRoleInput.DurationSeconds.\n- minimum field size of 20, AssumeRoleInput.RoleArn.\n- minimum field size of 1, AssumeRoleInput.Tags[0].Key.\n",
  );
});

test("sizes are bytes, and sound values pass", () => {
  expect(() => checkParameters("I", [{ field: "A", text: "ä", sizeMin: 2 }])).not.toThrow();
});
