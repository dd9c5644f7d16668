import { assumeRole } from "@/lib/aws-simulator/assume-role";
import { type ActionTable, authorise, type Call } from "@/lib/aws-simulator/call";
import { accessDenied } from "@/lib/aws-simulator/errors";
import { passedWithMfa } from "@/lib/aws-simulator/mfa";
import { Form } from "@/lib/aws-simulator/query";
import { credentialsFields, openSession, readSessionPolicies } from "@/lib/aws-simulator/sessions";
import type { RootUser, User } from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const DURATION_SECONDS_MIN = 900;
const DURATION_SECONDS_MAX = 129_600;
const DURATION_SECONDS_DEFAULT = 43_200;
const ROOT_SECONDS_MAX = 3600;

export const STS_ACTIONS: ActionTable = {
  // Nobody can be forbidden to ask who they are.
  GetCallerIdentity: { target: null, handle: getCallerIdentity },
  AssumeRole: { target: null, handle: assumeRole },
  GetFederationToken: { target: null, handle: getFederationToken },
  GetSessionToken: { target: null, handle: getSessionToken },
};

function getCallerIdentity({ caller }: Call): AnswerFields {
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.accountId };
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
function getFederationToken(call: Call): AnswerFields {
  const form = new Form(call.params);
  const name = form.text("Name", {
    min: 2,
    max: 32,
    pattern: /^[\w+=,.@-]*$/,
    patternText: "[\\w+=,.@-]*",
  });
  const asked = form.optionalInteger("DurationSeconds", DURATION_SECONDS_MIN, DURATION_SECONDS_MAX);
  form.check();
  const owner = longTermOwner(call);
  const { accountId } = owner;
  authorise(call, { resource: `arn:aws:sts::${accountId}:federated-user/${name}` });
  const tags = call.params.tags("Tags");
  const policies = readSessionPolicies(call, accountId, tags);

  const session = openSession(call, {
    identity: { kind: "federatedUser", owner, name },
    expiresAt: call.now + secondsFor(owner, asked) * 1000,
    // Without a policy a federated session may do nothing at all.
    policies: policies.documents ?? [],
    withMfa: false,
    sourceIdentity: null,
    tags,
    transitiveTagKeys: new Set(),
  });
  return {
    Credentials: credentialsFields(session),
    FederatedUser: {
      FederatedUserId: `${accountId}:${name}`,
      Arn: `arn:aws:sts::${accountId}:federated-user/${name}`,
    },
    PackedPolicySize: policies.packedPercent,
  };
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
function getSessionToken(call: Call): AnswerFields {
  const form = new Form(call.params);
  const asked = form.optionalInteger("DurationSeconds", DURATION_SECONDS_MIN, DURATION_SECONDS_MAX);
  form.check();
  const owner = longTermOwner(call);

  const session = openSession(call, {
    identity: { kind: "sessionToken", owner },
    expiresAt: call.now + secondsFor(owner, asked) * 1000,
    policies: null,
    withMfa: passedWithMfa(call),
    sourceIdentity: null,
    tags: new Map(),
    transitiveTagKeys: new Set(),
  });
  return { Credentials: credentialsFields(session) };
}

function longTermOwner(call: Call): User | RootUser {
  const { holder, session } = call.caller;
  if (session !== null || holder.kind === "role") {
    throw accessDenied(`Cannot call ${call.action} with session credentials`);
  }
  return holder;
}

/** A root user's sessions are shortened to an hour, not refused. */
function secondsFor(owner: User | RootUser, asked: number | undefined): number {
  const seconds = asked ?? DURATION_SECONDS_DEFAULT;
  return owner.kind === "root" ? Math.min(seconds, ROOT_SECONDS_MAX) : seconds;
}
