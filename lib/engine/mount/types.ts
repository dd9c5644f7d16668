import type { MountClass } from "@/lib/engine/mount/mount";

/** Types that can be enabled. */
const TYPES: Readonly<Record<MountClass, readonly string[]>> = {
  auth: ["aws", "approle", "userpass"],
  secret: ["aws"],
};

/** Mounts that are always there and can be neither moved nor disabled. */
const SINGLETONS: readonly { class: MountClass; path: string }[] = [
  { class: "secret", path: "sys/" },
  { class: "secret", path: "cubbyhole/" },
  { class: "secret", path: "identity/" },
  { class: "auth", path: "token/" },
];

export function offeredTypes(mountClass: MountClass): readonly string[] {
  return TYPES[mountClass];
}

export function isOfferedType(mountClass: MountClass, type: string): boolean {
  return TYPES[mountClass].includes(type);
}

export function isSingleton(mountClass: MountClass, path: string): boolean {
  return SINGLETONS.some((one) => one.class === mountClass && one.path === path);
}

/** Methods with a lockout of their own, which may be tuned. */
export function hasUserLockout(type: string): boolean {
  return ["approle", "userpass", "ldap"].includes(type);
}
