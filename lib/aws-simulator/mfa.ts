import type { Call } from "@/lib/aws-simulator/call";
import { accessDenied } from "@/lib/aws-simulator/errors";
import { Form } from "@/lib/aws-simulator/query";

/**
 * Whether the call brings a valid code of one of the caller's MFA devices. A device that was seeded
 * without a code takes any six digits.
 *
 * @throws AwsError `AccessDenied` when only half of it is there, or the device or code is wrong.
 */
export function passedWithMfa(call: Call): boolean {
  const form = new Form(call.params);
  const serialNumber = form.optionalText("SerialNumber", { min: 9, max: 256 });
  const tokenCode = form.optionalText("TokenCode", {
    min: 6,
    max: 6,
    pattern: /^\d*$/,
    patternText: "[\\d]*",
  });
  form.check();
  if (serialNumber === undefined && tokenCode === undefined) return false;
  if (serialNumber === undefined || tokenCode === undefined) {
    throw failed(", must provide both MFA serial number and one time pass code.");
  }
  const { holder } = call.caller;
  const devices = holder.kind === "user" ? holder.mfaDevices : [];
  const device = devices.find((entry) => entry.serialNumber === serialNumber);
  if (device === undefined) {
    throw failed(
      ", unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
    );
  }
  if (device.tokenCode !== null && device.tokenCode !== tokenCode) {
    throw failed(" with invalid MFA one time pass code. ");
  }
  return true;
}

function failed(rest: string): Error {
  return accessDenied(`MultiFactorAuthentication failed${rest}`);
}
