"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Ago } from "@/components/ago";
import { durationText } from "@/components/duration-text";
import { KeyValue } from "@/components/key-value";
import {
  type EffectiveLifetime,
  leastLimit,
  lifetimeOf,
  type LifetimeSurroundings,
  termText,
} from "@/lib/console/lifetime";
import type { CredentialType } from "@/lib/console/secrets-roles";
import type { KnownLimit } from "@/lib/console/validator";

type Bound = NonNullable<EffectiveLifetime["lease"]>;

/** How long a credential of this role will live, and which term says so; by the rule that issues it. */
export function LifetimeBox({
  surroundings,
  asked,
}: {
  surroundings: LifetimeSurroundings;
  asked: {
    type: CredentialType;
    defaultStsTtlSeconds: number;
    maxStsTtlSeconds: number;
    requestedSeconds?: number | null;
    roleArns?: readonly string[];
  };
}) {
  const { roleArns = [], ...terms } = asked;
  const limit = asked.type === "assumed_role" ? leastLimit(surroundings, roleArns) : null;
  const lifetime = lifetimeOf(surroundings, {
    ...terms,
    maxSessionDurationSeconds: limit?.seconds ?? null,
  });
  const { ttls } = surroundings;
  const isKnown = asked.type !== "iam_user" || surroundings.leaseSeconds !== null;
  return (
    <Container header={<Header variant="h2">Effective lifetime</Header>}>
      <SpaceBetween size="m">
        <div aria-live="polite">
          <KeyValue
            columns={2}
            facts={[
              {
                label: "A new lease lives",
                value: <Term bound={isKnown ? lifetime.lease : null} ttls={ttls} isLarge />,
              },
              {
                label:
                  asked.type === "iam_user"
                    ? "At most, with renewals"
                    : "Longest that can be asked for",
                value: <Term bound={isKnown ? lifetime.longest : null} ttls={ttls} />,
              },
            ]}
          />
        </div>
        <Warnings
          lifetime={lifetime}
          asked={asked}
          surroundings={surroundings}
          targetArn={limit?.targetArn ?? ""}
        />
        <Box variant="small">
          <Unknowns type={asked.type} limit={limit} />
        </Box>
      </SpaceBetween>
    </Container>
  );
}

function Term({
  bound,
  ttls,
  isLarge = false,
}: {
  bound: Bound | null;
  ttls: LifetimeSurroundings["ttls"];
  isLarge?: boolean;
}) {
  if (bound === null) return "not known: a limit of the mount is not told to you";
  return (
    <>
      {isLarge ? (
        <Box variant="awsui-value-large" tagOverride="div">
          {durationText(bound.seconds)}
        </Box>
      ) : (
        <div>{durationText(bound.seconds)}</div>
      )}
      <div>Set by {termText(bound.term, ttls)}</div>
    </>
  );
}

function Warnings({
  lifetime,
  asked,
  surroundings,
  targetArn,
}: {
  lifetime: EffectiveLifetime;
  asked: { type: CredentialType };
  surroundings: LifetimeSurroundings;
  targetArn: string;
}) {
  const { awsSeconds, lease, refusals } = lifetime;
  const outlives = awsSeconds !== null && lease !== null && awsSeconds > lease.seconds;
  const needsUser = asked.type === "federation_token" || asked.type === "session_token";
  return (
    <>
      {refusals.map((refusal) => (
        <Alert
          key={refusal.term}
          type={refusal.certain ? "error" : "warning"}
          header={refusal.certain ? "AWS will refuse this" : "AWS may refuse this"}
        >
          {refusal.term === "max_session_duration" ? (
            <OverLimit
              targetArn={targetArn}
              limitSeconds={refusal.seconds}
              wantedSeconds={awsSeconds ?? 0}
            />
          ) : (
            refusalText(refusal)
          )}
        </Alert>
      ))}
      {outlives && (
        <Alert type="warning" header="The session outlives its lease">
          AWS is asked for {durationText(awsSeconds)}; the lease ends after{" "}
          {durationText(lease.seconds)}, set by {termText(lease.term, surroundings.ttls)}. Lower the
          maximum TTL of the role, or raise that of the mount.
        </Alert>
      )}
      {needsUser && surroundings.rootMayBeRole && (
        <Alert type="warning" header="AWS may refuse this">
          Such tokens are made by IAM users only. This mount works with the host&apos;s own
          credentials; if those are a role&apos;s, AWS refuses. Give the mount an access key of an
          IAM user.
        </Alert>
      )}
    </>
  );
}

/** Both ways out: ask for less, or have AWS grant more. */
function OverLimit({
  targetArn,
  limitSeconds,
  wantedSeconds,
}: {
  targetArn: string;
  limitSeconds: number;
  wantedSeconds: number;
}) {
  const name = targetArn.split("/").at(-1) ?? "";
  return (
    <SpaceBetween size="xs">
      <div>
        {targetArn} grants {durationText(limitSeconds)}. Lower the TTL to{" "}
        {durationText(limitSeconds)}, or raise MaxSessionDuration of the role at AWS:
      </div>
      <pre className="snippet" tabIndex={0} aria-label="AWS CLI">
        {`aws iam update-role --role-name ${name} --max-session-duration ${wantedSeconds}`}
      </pre>
      <pre className="snippet" tabIndex={0} aria-label="Terraform">
        {`resource "aws_iam_role" "${name}" {\n  max_session_duration = ${wantedSeconds}\n}`}
      </pre>
    </SpaceBetween>
  );
}

function refusalText({ term, seconds }: EffectiveLifetime["refusals"][number]): string {
  const limit = durationText(seconds);
  if (term === "sts_minimum") {
    return `No session is shorter than ${limit}. Raise the TTL to ${limit}.`;
  }
  if (term === "role_chaining") {
    return `This mount works with the host's own credentials. If those are a role's, AWS makes no session longer than ${limit} (role chaining). Lower the TTL to ${limit}, or give the mount an access key of an IAM user.`;
  }
  return `No such session is longer than ${limit}. Lower the TTL to ${limit}.`;
}

function Unknowns({ type, limit }: { type: CredentialType; limit: KnownLimit | null }) {
  if (type === "iam_user") {
    return <>An access key works until its lease ends or is revoked; AWS sets no end of its own.</>;
  }
  if (type !== "assumed_role") {
    return <>The token that asks may end sooner, and its lease with it.</>;
  }
  if (limit !== null) {
    return (
      <>
        AWS grants at most {durationText(limit.seconds)} (MaxSessionDuration of {limit.targetArn},
        read <Ago at={limit.readAt} />
        ). The token that asks may end sooner, and its lease with it.
      </>
    );
  }
  return (
    <>
      MaxSessionDuration of the target role is not known here. AWS refuses longer sessions; for a
      role where nobody changed it, it is 1 h. The token that asks may end sooner, and its lease
      with it.
    </>
  );
}
