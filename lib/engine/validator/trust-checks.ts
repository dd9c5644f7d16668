import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import type { Fact } from "@/lib/engine/validator/fact";
import type { Evidence, Finding, Status } from "@/lib/engine/validator/finding";
import { type Named, roleFix, trustFix } from "@/lib/engine/validator/fixes";
import { evaluateTrust, type TrustTerms, type TrustVerdict } from "@/lib/engine/validator/trust";

type Found = { code: string; status: Status; text: string; fix?: Finding["fix"] };

/** Whether AWS will let the principal assume a target whose trust policy was read. */
export function trustFindings(
  fact: Fact,
  terms: TrustTerms,
  named: Named,
  evidence: Evidence,
): Finding[] {
  if (fact.trustPolicy === null) return [];
  const verdict = evaluateTrust(fact.trustPolicy, terms);
  const found =
    verdict === null
      ? [
          {
            code: "trust.undetermined",
            status: "unknown" as const,
            text: "The trust policy could not be read.",
          },
        ]
      : foundBy(verdict, fact, terms, named);
  return found.map(({ code, status, text, fix }) => ({
    code,
    status,
    text,
    fix: fix ?? null,
    evidence: { ...evidence, value: "trust policy" },
  }));
}

function foundBy(verdict: TrustVerdict, fact: Fact, terms: TrustTerms, named: Named): Found[] {
  const { targetArn } = fact;
  const found: Found[] = [];
  if (verdict.outcome === "allowed") {
    found.push(allowed(verdict, fact, terms));
    if (terms.externalId !== "" && !verdict.asksExternalId) {
      found.push({
        code: "trust.external_id_not_required",
        status: "warning",
        text: "The role sends an external id, but the trust policy does not ask for one: no protection against a confused deputy.",
        fix: trustFix(targetArn, "Require sts:ExternalId in the trust policy."),
      });
    }
  } else found.push(refused(verdict, terms, { targetArn, named }));
  if (verdict.outcome !== "denied" && verdict.isWide) {
    found.push({
      code: "trust.wildcard_principal",
      status: "warning",
      text: "The trust policy trusts everybody, and no condition narrows it.",
      fix: trustFix(targetArn, `Name ${terms.principal.arn} as Principal.`),
    });
  }
  if (verdict.lacksTagSession) {
    found.push({
      code: "trust.tag_session_missing",
      status: "error",
      text: "The role has session_tags, but no statement of the trust policy allows sts:TagSession.",
      fix: trustFix(targetArn, "Allow sts:TagSession beside sts:AssumeRole."),
    });
  }
  return found;
}

function allowed(verdict: TrustVerdict, fact: Fact, { principal }: TrustTerms): Found {
  const isOwnAccount = accountOfArn(fact.targetArn) === principal.account;
  if (isOwnAccount && !verdict.isDelegated) {
    return { code: "trust.ok", status: "ok", text: "The trust policy names our principal." };
  }
  if (fact.identitySide === "allowed" || fact.probe?.outcome === "granted") {
    return {
      code: "trust.ok",
      status: "ok",
      text: "The trust policy and our principal's own policies allow it.",
    };
  }
  if (fact.identitySide === "denied") {
    return {
      code: "trust.identity_side_denied",
      status: "error",
      text: `The trust policy allows it, but the policies of ${principal.arn} do not allow sts:AssumeRole on ${fact.targetArn}.`,
      fix: {
        text: "Allow sts:AssumeRole on the target to the principal.",
        cli: `aws iam put-user-policy --user-name ${principal.name} --policy-name assume --policy-document '${JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: fact.targetArn }] })}'`,
        terraform: `resource "aws_iam_user_policy" "assume" {\n  user   = "${principal.name}"\n  policy = jsonencode({\n    Version   = "2012-10-17"\n    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "${fact.targetArn}" }]\n  })\n}`,
      },
    };
  }
  return {
    code: "trust.identity_side_unknown",
    status: "unknown",
    text: "The trust policy allows it; whether our principal's own policies do is not known. Service control policies are not seen either.",
    fix: {
      text: `Allow iam:SimulatePrincipalPolicy on ${principal.arn} to itself, or turn probes on.`,
      cli: "vault write <mount>/config/validator probe=true",
      terraform: "",
    },
  };
}

function refused(
  verdict: TrustVerdict,
  terms: TrustTerms,
  { targetArn, named }: { targetArn: string; named: Named },
): Found {
  const { arn } = terms.principal;
  if (verdict.outcome === "undetermined") {
    return {
      code: "trust.undetermined",
      status: "unknown",
      text: "The trust policy has conditions that cannot be judged beforehand.",
    };
  }
  if (verdict.outcome === "denied") {
    const text = `A Deny of the trust policy matches ${arn}.`;
    return failing(
      "denied",
      text,
      trustFix(targetArn, "Remove the Deny that matches our principal."),
    );
  }
  if (verdict.reason !== null) return unmet(verdict.reason, terms, { targetArn, named });
  if (verdict.stale.length > 0) {
    const text = `The trust policy names ${verdict.stale.join(", ")}: the trusted user or role was deleted and made again.`;
    return failing("stale_principal", text, trustFix(targetArn, `Name ${arn} anew.`));
  }
  const text = `No statement of the trust policy allows ${arn}.`;
  return failing("not_allowed", text, trustFix(targetArn, `Name ${arn} as Principal.`));
}

function failing(code: string, text: string, fix: Finding["fix"]): Found {
  return { code: `trust.${code}`, status: "error", text, fix };
}

/** What every statement that names the principal asks for, and does not get. */
function unmet(
  reason: NonNullable<TrustVerdict["reason"]>,
  { externalId, sessionNamePrefix }: TrustTerms,
  { targetArn, named }: { targetArn: string; named: Named },
): Found {
  const external = { external_id: "<the id that the trust policy asks for>" };
  switch (reason) {
    case "external_id":
      return externalId === ""
        ? failing(
            "external_id_missing",
            "The trust policy asks for an external id and the role has none.",
            roleFix(named, "Set external_id.", external),
          )
        : failing(
            "external_id_wrong",
            "The role's external id satisfies no condition of the trust policy.",
            roleFix(named, "Set external_id to the one that the trust policy asks for.", external),
          );
    case "session_name":
      return failing(
        "session_name_mismatch",
        `The trust policy asks for other session names than ${sessionNamePrefix}….`,
        trustFix(targetArn, `Let sts:RoleSessionName begin with ${sessionNamePrefix}.`),
      );
    case "mfa":
      return failing(
        "mfa_required",
        "The trust policy asks for a second factor, which AssumeRole of this engine cannot send.",
        trustFix(targetArn, "Remove the condition aws:MultiFactorAuthPresent."),
      );
  }
}
