import { describe, expect, test } from "vitest";
import { changedValues, tuneBody, tuneValuesOf } from "@/lib/console/admin-mount-form";
import type { AnyMount } from "@/lib/console/admin-mounts";

const MOUNT: AnyMount = {
  class: "auth",
  path: "userpass/",
  fullPath: "auth/userpass/",
  isFixed: false,
  accessor: "auth_userpass_1",
  type: "userpass",
  description: "operators",
  local: false,
  seal_wrap: false,
  external_entropy_access: false,
  uuid: "u",
  config: {
    default_lease_ttl: 5400,
    max_lease_ttl: 0,
    force_no_cache: false,
    token_type: "default-service",
    listing_visibility: "",
    audit_non_hmac_request_keys: [],
    audit_non_hmac_response_keys: [],
    passthrough_request_headers: [],
    allowed_response_headers: [],
  },
};

describe("tuning a mount", () => {
  test("sends what was changed and nothing else", () => {
    const now = { ...tuneValuesOf(MOUNT), defaultTtl: "", requestKeys: ["role"] };

    expect(tuneBody(changedValues(MOUNT, now))).toEqual({
      default_lease_ttl: "system",
      audit_non_hmac_request_keys: ["role"],
    });
  });

  test("sends nothing where nothing was changed", () => {
    expect(tuneBody(changedValues(MOUNT, tuneValuesOf(MOUNT)))).toEqual({});
  });

  test("sends a lockout whole", () => {
    const now = { ...tuneValuesOf(MOUNT), lockoutThreshold: "3" };

    expect(tuneBody(changedValues(MOUNT, now))).toEqual({
      user_lockout_config: {
        lockout_threshold: "3",
        lockout_duration: "900s",
        lockout_counter_reset_duration: "900s",
        lockout_disable: false,
      },
    });
  });
});
