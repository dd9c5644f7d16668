import type pg from "pg";
import { type AwsCallTerms, awsSecretsPorts } from "@/lib/aws/aws-secrets-ports";
import { awsIdentities, awsRootKeys } from "@/lib/aws/auth-identity";
import { CallerIdentityClient } from "@/lib/aws/caller-identity";
import { AwsClients } from "@/lib/aws/client";
import { endpointGuard } from "@/lib/aws/endpoint-guard";
import { Devices } from "@/lib/audit-devices/devices";
import type { Config } from "@/lib/config";
import { approleAuth } from "@/lib/engine/approle/renewal";
import { hashing } from "@/lib/engine/audit/exposure";
import { awsAuthMethod } from "@/lib/engine/aws-auth/renewal";
import { awsLeaseEngine } from "@/lib/engine/aws-secrets/lease-engine";
import type { Limits, Ports, SystemInfo } from "@/lib/engine/ports";
import { userpassAuth } from "@/lib/engine/userpass/login";
import { Configuration } from "@/lib/postgres/configuration";
import { consoleSessionReads } from "@/lib/postgres/console-sessions";
import { auditTail, type RunningTail } from "@/lib/postgres/audit-tail";
import { newWrappedKey, type Seal } from "@/lib/postgres/data-keys";
import { installationReads } from "@/lib/postgres/installation-reads";
import type { DataKeyring } from "@/lib/postgres/keyring";
import { leaseReads } from "@/lib/postgres/leases";
import { lockoutReads } from "@/lib/postgres/lockouts";
import { operatorReads } from "@/lib/postgres/operator-reads";
import { secretIdReads } from "@/lib/postgres/secret-ids";
import { storeReads } from "@/lib/postgres/store-reads";
import { tokenReads } from "@/lib/postgres/tokens";
import { thisHost } from "@/lib/process/host";
import type { Log } from "@/lib/process/log";
import { ProcessMetrics } from "@/lib/process/metrics";
import { bcryptPasswords } from "@/lib/process/passwords";
import { LoginAttempts } from "@/lib/process/attempt-book";
import { denialWork } from "@/lib/process/denial-work";
import { DatabaseClock } from "@/lib/process/database-clock";
import { systemRandom } from "@/lib/process/random";
import { createCommits, type Commits } from "@/lib/process/store";
import { VALIDATOR_AGENT, validatorPorts } from "@/lib/process/validator-ports";

export type Wiring = {
  config: Config;
  pool: pg.Pool;
  keys: DataKeyring;
  /** What wraps new data keys. */
  seal: Seal;
  instanceId: string;
  system: SystemInfo;
  log: Log;
  /** The wall clock of this process, in milliseconds, unless another is given. */
  localClock?: () => number;
  /** How AWS is called, where that is not the usual way. */
  awsTerms?: AwsCallTerms;
};

export type Wired = {
  ports: Ports;
  commits: Commits;
  devices: Devices;
  attempts: LoginAttempts;
  tail: RunningTail;
};

/** Everything that the engine reaches the outside through, wired to the real thing. */
export function wirePorts(wiring: Wiring): Wired {
  const { config, pool, keys, log } = wiring;
  const metrics = new ProcessMetrics();
  const clock = new DatabaseClock(wiring.localClock ?? (() => Date.now()), log);
  const report = (message: string, cause: unknown): void => log.error(message, { error: cause });
  const tail = auditTail(pool, report);
  const commits = createCommits(pool, keys, {
    instanceId: wiring.instanceId,
    clock,
    metrics,
    listener: () => tail.wake(),
  });
  const configuration = new Configuration(commits.context);
  const devices = openDevices(config, metrics, report);
  const attempts = new LoginAttempts(pool, clock);
  const ports: Ports = {
    attempts,
    denials: denialWork(pool, () => ports),
    clock,
    clockSkewMs: () => clock.skewMs(),
    deadlineIn: (seconds) => new Date(Date.now() + seconds * 1000),
    random: systemRandom(),
    keys,
    tokens: tokenReads(pool, clock),
    leases: leaseReads(pool),
    extras: {
      ...storeReads(pool, keys, configuration),
      ...lockoutReads(pool),
      secretIds: secretIdReads(pool),
    },
    commit: commits.commit,
    commitRequest: commits.commitRequest,
    requestEnded: commits.requestEnded,
    configuration,
    builtInExposure: builtInExposure(keys),
    report,
    leaseEngines: { aws: awsLeaseEngine },
    authMethods: { aws: awsAuthMethod, approle: approleAuth, userpass: userpassAuth },
    devices,
    passwords: bcryptPasswords(),
    ...awsPorts(wiring),
    limits: limitsOf(config),
    system: wiring.system,
    installation: installationReads(pool, wiring.instanceId),
    operator: operatorReads(pool),
    auditTail: tail,
    newSealingKey: () => newWrappedKey(wiring.seal),
    host: thisHost,
    metrics,
    consoleSessions: consoleSessionReads(pool),
  };
  return { ports, commits, devices, attempts, tail };
}

/** AWS, as the engines and the validator call it. */
function awsPorts({
  config,
  pool,
  awsTerms,
}: Wiring): Pick<Ports, "awsAuth" | "awsSecrets" | "validator"> {
  const rules = { localAws: config.localAws };
  const guard = endpointGuard(rules);
  const { ambientAws, awsRegion: defaultRegion } = config;
  const clients = new AwsClients({ guard, ambientAws });
  const asking = new AwsClients({ guard, ambientAws, userAgent: VALIDATOR_AGENT });
  return {
    awsAuth: {
      callerIdentity: new CallerIdentityClient({ guard, rules }),
      identities: awsIdentities(clients),
      rootKeys: awsRootKeys(clients),
    },
    awsSecrets: awsSecretsPorts({ clients, defaultRegion }, awsTerms),
    validator: validatorPorts(pool, { clients: asking, defaultRegion }, awsTerms),
  };
}

function openDevices(config: Config, metrics: ProcessMetrics, report: Ports["report"]): Devices {
  return new Devices({
    confines: config,
    report: (message, cause) => {
      metrics.count("audit.sink.failure");
      report(message, cause);
    },
  });
}

/** Under a salt of its own, known once the keys are. */
function builtInExposure(keys: DataKeyring): Ports["builtInExposure"] {
  let salt: string | undefined;
  return () => {
    salt ??= keys.hmac("replay", "the built-in audit log");
    return hashing(salt, { hmacAccessor: false, elideLists: false });
  };
}

function limitsOf(config: Config): Limits {
  return {
    defaultLeaseTtlSeconds: config.defaultLeaseTtlSeconds,
    maxLeaseTtlSeconds: config.maxLeaseTtlSeconds,
    localAws: config.localAws,
    ambientAws: config.ambientAws,
    auditDirs: config.auditDirs,
    auditHosts: config.auditHosts,
    auditRaw: config.auditRaw,
  };
}
