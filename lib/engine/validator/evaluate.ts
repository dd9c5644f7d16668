import { createHash } from "node:crypto";
import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import { type CredentialType, findCredentialType } from "@/lib/engine/aws-secrets/credential-type";
import { DEFAULT_USERNAME_TEMPLATE } from "@/lib/engine/aws-secrets/root-config";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";
import { type Fact, MISSING, NO_READER } from "@/lib/engine/validator/fact";
import {
  configured,
  type Evidence,
  type Figures,
  type Finding,
  type Verdict,
  worst,
} from "@/lib/engine/validator/finding";
import { accountReaderFix, type Named, readerFix } from "@/lib/engine/validator/fixes";
import { type Principal, principalOf } from "@/lib/engine/validator/principal";
import { isRoleArn, staticFindings } from "@/lib/engine/validator/static-checks";
import { trustFindings } from "@/lib/engine/validator/trust-checks";
import {
  capSeconds,
  defaultSeconds,
  limitFindings,
  roleTtlFindings,
  type TtlTerms,
} from "@/lib/engine/validator/ttl-checks";

/** What a role's verdict depends on beside the role. */
export type Surroundings = {
  mountPath: string;
  mountMaxSeconds: number;
  /** The root credential's access key; empty: the host's own. */
  accessKey: string;
  usernameTemplate: string;
  /** By target; the empty one is the principal's. */
  facts: ReadonlyMap<string, Fact>;
};

const DEFAULT_PREFIX = "vault-";

/** One verdict for each target, and one for the role itself where there is something to say of it. */
export function evaluate(name: string, role: SecretsRole, around: Surroundings): Verdict[] {
  const type = typeOf(role);
  const named = { mountPath: around.mountPath, role: name };
  if (type === null || type === "iam_user") return [userVerdict(name, role, { type, named })];
  const principal = principalIn(around);
  const terms: TtlTerms = {
    named,
    type,
    defaultStsTtlSeconds: role.defaultStsTtlSeconds,
    maxStsTtlSeconds: role.maxStsTtlSeconds,
    mountMaxSeconds: around.mountMaxSeconds,
    isTemporary: principal?.isTemporary ?? false,
  };
  const figures = figuresOf(role, terms, principal);
  const own = [
    ...staticFindings(role, type, named),
    ...roleTtlFindings(terms),
    ...principalFindings(type, principal, around),
  ];
  const arns = type === "assumed_role" ? [...new Set(role.roleArns ?? [])].filter(isRoleArn) : [];
  const targets = arns.map((arn) =>
    targetVerdict(arn, { name, role, terms, principal, figures, around }),
  );
  if (type !== "assumed_role") {
    const limited = limitFindings(terms, {
      arn: "",
      limitSeconds: null,
      evidence: configured("129600 s"),
    });
    const all = [...own, ...limited];
    return [
      verdictOf(name, "", {
        findings: orFine(all, principal),
        figures: { ...figures, limitSeconds: principal?.kind === "root" ? 3600 : 129_600 },
      }),
    ];
  }
  return own.length === 0 && targets.length > 0
    ? targets
    : [verdictOf(name, "", { findings: own, figures }), ...targets];
}

/** Identity of what a verdict says: it changes when the verdict does, not when it is found again. */
export function digestOf({ findings, figures }: Verdict): string {
  const said = findings.map(({ code, status, text }) => [code, status, text]);
  return createHash("sha256")
    .update(JSON.stringify([said, figures]))
    .digest("base64url")
    .slice(0, 22);
}

function typeOf(role: SecretsRole): CredentialType | null {
  const types = role.credentialTypes.map(findCredentialType);
  return types.find((type) => type !== null && type !== "iam_user") ?? types[0] ?? null;
}

function userVerdict(
  name: string,
  role: SecretsRole,
  { type, named }: { type: CredentialType | null; named: Named },
): Verdict {
  const findings = type === null ? [] : staticFindings(role, type, named);
  const text = "Access keys of IAM users work until their lease ends; AWS sets no limit.";
  const fine: Finding = {
    code: "ttl.no_limit",
    status: "ok",
    text,
    fix: null,
    evidence: configured(""),
  };
  return verdictOf(name, "", {
    findings: findings.length === 0 ? [fine] : findings,
    figures: { ...NO_FIGURES },
  });
}

const NO_FIGURES: Figures = {
  defaultSeconds: null,
  maxSeconds: null,
  isMaxSet: false,
  limitSeconds: null,
  isChained: null,
  externalId: "none",
  principalArn: null,
};

function figuresOf(role: SecretsRole, terms: TtlTerms, principal: Principal | null): Figures {
  return {
    defaultSeconds: defaultSeconds(terms),
    maxSeconds: capSeconds(terms),
    isMaxSet: role.maxStsTtlSeconds > 0,
    limitSeconds: null,
    isChained: principal?.isTemporary ?? null,
    externalId: role.externalId === "" ? "none" : "set",
    principalArn: principal?.arn ?? null,
  };
}

function verdictOf(
  role: string,
  targetArn: string,
  { findings, figures }: Pick<Verdict, "findings" | "figures">,
): Verdict {
  const status = worst(findings.map((finding) => finding.status));
  return { role, targetArn, status, findings, figures };
}

/** Who the mount works as, as AWS told it. */
function principalIn({ facts, accessKey }: Surroundings): Principal | null {
  const arn = facts.get("")?.principalArn;
  return arn === null || arn === undefined ? null : principalOf(arn, accessKey);
}

function principalFindings(
  type: CredentialType,
  principal: Principal | null,
  { facts }: Surroundings,
): Finding[] {
  const fact = facts.get("");
  if (principal === null) {
    const why = fact?.errorText ?? "AWS was not asked yet";
    return [
      {
        code: "principal.unknown",
        status: "unknown",
        text: `Who the mount's root credential is, is not known: ${why}.`,
        fix: null,
        evidence: {
          value: fact?.errorCode ?? "",
          method: "static",
          principalArn: null,
          at: fact?.checkedAt ?? null,
        },
      },
    ];
  }
  const evidence: Evidence = {
    value: principal.arn,
    method: "static",
    principalArn: principal.arn,
    at: fact?.readAt ?? null,
  };
  const needsUser = type === "federation_token" || type === "session_token";
  if (needsUser && principal.isTemporary) {
    const text = `Needs long-term keys of an IAM user; the mount works as ${principal.arn}.`;
    return [{ code: "principal.cannot_federate", status: "error", text, fix: null, evidence }];
  }
  if (principal.kind !== "root") return [];
  const isAssuming = type === "assumed_role";
  return [
    {
      code: "principal.is_root",
      status: isAssuming ? "error" : "warning",
      text: `Do not use account-root keys: ${isAssuming ? "AWS lets them assume no role" : "AWS shortens their sessions to an hour"}.`,
      fix: null,
      evidence,
    },
  ];
}

function orFine(findings: readonly Finding[], principal: Principal | null): Finding[] {
  if (findings.length > 0 || principal === null) return [...findings];
  const text = "AWS grants what the role asks for.";
  return [
    {
      code: "ttl.within_limit",
      status: "ok",
      text,
      fix: null,
      evidence: { ...configured("129600 s"), principalArn: principal.arn },
    },
  ];
}

type TargetContext = {
  name: string;
  role: SecretsRole;
  terms: TtlTerms;
  principal: Principal | null;
  figures: Figures;
  around: Surroundings;
};

function targetVerdict(arn: string, context: TargetContext): Verdict {
  const { name, role, terms, figures, around } = context;
  const fact = around.facts.get(arn);
  const limitSeconds = fact?.maxSessionSeconds ?? null;
  const evidence: Evidence = {
    value: limitSeconds === null ? "" : `MaxSessionDuration ${limitSeconds} s`,
    method: limitSeconds === null ? "static" : "get_role",
    principalArn: fact?.principalArn ?? null,
    at: fact?.readAt ?? null,
  };
  const readable = readFindings(arn, context, fact);
  const isGone = fact?.errorCode === MISSING;
  const probed = probeFindings(role, terms, fact);
  // A session that AWS made answers what could not be read.
  const unread = probed.some(({ status }) => status === "ok") ? [] : readable;
  const ttl = limitFindings(terms, { arn, limitSeconds, evidence });
  const fine: Finding = {
    code: "ttl.within_limit",
    status: "ok",
    text: `AWS grants up to ${limitSeconds ?? 0} s.`,
    fix: null,
    evidence,
  };
  const findings = [
    ...unread,
    ...(isGone ? [] : [...ttl, ...(ttl.length === 0 && limitSeconds !== null ? [fine] : [])]),
    ...probed,
    ...(isGone || fact === undefined ? [] : trusts(fact, context, evidence)),
  ];
  return verdictOf(name, arn, { findings, figures: { ...figures, limitSeconds } });
}

function trusts(fact: Fact, context: TargetContext, evidence: Evidence): Finding[] {
  const { principal, role, terms, around } = context;
  if (principal === null) return [];
  const trustTerms = {
    principal,
    externalId: role.externalId,
    sessionTags: role.sessionTags ?? {},
    sessionNamePrefix: prefixOf(around.usernameTemplate),
  };
  return trustFindings(fact, trustTerms, terms.named, evidence);
}

/** The literal text that names of a template begin with. */
function prefixOf(template: string): string {
  if (template === "" || template === DEFAULT_USERNAME_TEMPLATE) return DEFAULT_PREFIX;
  return template.split("{{")[0] ?? "";
}

/** What stands in the way of knowing the target's limit. */
function readFindings(arn: string, context: TargetContext, fact: Fact | undefined): Finding[] {
  const { around, principal } = context;
  const evidence: Evidence = {
    value: fact?.errorCode ?? "",
    method: "get_role",
    principalArn: principal?.arn ?? null,
    at: fact?.checkedAt ?? null,
  };
  const unknown = (text: string, fix: Finding["fix"]): Finding[] => [
    { code: "role.unreadable", status: "unknown", text, fix, evidence },
  ];
  if (fact === undefined || fact.checkedAt === null) {
    return unknown("AWS was not asked about this target yet.", null);
  }
  if (fact.errorCode === null) return wrongPath(arn, fact, evidence);
  if (fact.errorCode === MISSING) {
    const text = `AWS knows no such role: ${arn}.`;
    return [{ code: "role.not_found", status: "error", text, fix: null, evidence }];
  }
  const account = accountOfArn(arn) ?? "";
  if (fact.errorCode === NO_READER) {
    const fix = accountReaderFix(around.mountPath, account);
    const text = `No reader is configured for account ${account}: see config/accounts/${account}.`;
    return [
      {
        code: "role.unreadable",
        status: "unknown",
        text,
        fix,
        evidence: { ...evidence, method: "static", at: null },
      },
    ];
  }
  const fix = readerFix(principal?.arn ?? null, arn);
  const missing = fact.errorCode === "AccessDenied" ? ` ${fix.text}` : "";
  return unknown(`The role could not be read: ${fact.errorText ?? fact.errorCode}.${missing}`, fix);
}

/** IAM finds roles by name: the path may be another one, and then the ARN is of no role. */
function wrongPath(arn: string, fact: Fact, evidence: Evidence): Finding[] {
  if (fact.foundArn === null || fact.foundArn === arn) return [];
  const text = `The role of this name is ${fact.foundArn}: ${arn} does not exist.`;
  return [{ code: "role.not_found", status: "error", text, fix: null, evidence }];
}

/** Of what is sent with AssumeRole beside the duration. */
export function probeTerms(role: SecretsRole): string {
  const sent = JSON.stringify([role.externalId, role.sessionTags ?? {}]);
  return createHash("sha256").update(sent).digest("base64url").slice(0, 16);
}

/** What a session that was made for the question tells; nothing, for a role that sends other terms. */
function probeFindings(role: SecretsRole, terms: TtlTerms, fact: Fact | undefined): Finding[] {
  const probe = fact?.probe ?? null;
  if (probe === null || fact === undefined || probe.terms !== probeTerms(role)) return [];
  const wanted = defaultSeconds(terms);
  const evidence: Evidence = {
    value: `${probe.seconds} s: ${probe.outcome}`,
    method: "probe",
    principalArn: fact.principalArn,
    at: new Date(probe.at),
  };
  const found = (code: string, status: Finding["status"], text: string): Finding[] => [
    { code, status, text, fix: null, evidence },
  ];
  if (probe.outcome === "granted" && wanted <= probe.seconds) {
    return found("ttl.within_limit", "ok", `AWS granted a session of ${probe.seconds} s.`);
  }
  if (
    probe.outcome === "over_limit" &&
    wanted >= probe.seconds &&
    fact.maxSessionSeconds === null
  ) {
    const text = `Requests without ttl ask for ${wanted} s; AWS refused ${probe.seconds} s. Every request without ttl will fail.`;
    return found("ttl.default_over_limit", "error", text);
  }
  if (probe.outcome === "denied" && fact.trustPolicy === null) {
    return found("trust.undetermined", "unknown", `AWS refused a session: ${probe.text}`);
  }
  return [];
}
