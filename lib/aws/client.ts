import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import type { EndpointGuard } from "@/lib/aws/request-handler";
import { AwsRequestHandler } from "@/lib/aws/request-handler";
import { EngineError } from "@/lib/engine/errors";
import type { Secret } from "@/lib/engine/secret";

/** Clients kept open; the least recently used one goes first. */
const CLIENTS_MAX = 512;
const USER_AGENT = "leasehold";

export type StaticKeys = { accessKey: string; secretKey: Secret; sessionToken?: Secret };

export type AwsClientSettings = {
  /** Grows with every write of the configuration it comes from: `<mount id>/<revision>`. */
  origin: string;
  /** Null: the host's own credentials (environment, shared file, web identity, container, instance). */
  keys: StaticKeys | null;
  region: string;
  /** Null: AWS's own endpoint of the region. */
  endpoint: string | null;
};

export type AwsClientsOptions = {
  guard: EndpointGuard;
  /** Whether mounts without keys may use the host's own credentials. */
  ambientAws: boolean;
  /** Told to AWS beside the SDK's own; undefined: the product's name alone. */
  userAgent?: string;
};

type SdkClient = { destroy(): void };

/**
 * The SDK's clients, one for each origin, region and endpoint, kept as long as they are used. Retries
 * are ours (`callAws`), so each `send` is one attempt.
 */
export class AwsClients {
  readonly #options: AwsClientsOptions;
  readonly #handler: AwsRequestHandler;
  readonly #clients = new Map<string, SdkClient>();

  constructor(options: AwsClientsOptions) {
    this.#options = options;
    this.#handler = new AwsRequestHandler(options.guard);
  }

  sts(settings: AwsClientSettings): STSClient {
    return this.kept(`sts ${keyOf(settings)}`, STSClient, settings);
  }

  iam(settings: AwsClientSettings): IAMClient {
    return this.kept(`iam ${keyOf(settings)}`, IAMClient, settings);
  }

  /** A client of any service of the SDK, made once for each key. */
  kept<C extends SdkClient>(
    key: string,
    service: new (configuration: SdkConfiguration) => C,
    settings: AwsClientSettings,
  ): C {
    const found = this.#clients.get(key);
    if (found instanceof service) {
      this.#clients.delete(key);
      this.#clients.set(key, found);
      return found;
    }
    const made = new service(this.#configurationOf(settings));
    this.#clients.set(key, made);
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= CLIENTS_MAX) break;
      this.#clients.delete(oldest);
    }
    return made;
  }

  close(): void {
    this.#clients.clear();
    this.#handler.destroy();
  }

  #configurationOf(settings: AwsClientSettings): SdkConfiguration {
    const { keys } = settings;
    if (keys === null && !this.#options.ambientAws) {
      throw new EngineError(
        "invalid_request",
        "no AWS credentials are configured, and the host's own may not be used (LEASEHOLD_AMBIENT_AWS=off)",
      );
    }
    return {
      region: settings.region,
      ...(settings.endpoint !== null && { endpoint: settings.endpoint }),
      ...(keys !== null && {
        credentials: {
          accessKeyId: keys.accessKey,
          secretAccessKey: keys.secretKey.reveal(),
          ...(keys.sessionToken && { sessionToken: keys.sessionToken.reveal() }),
        },
      }),
      requestHandler: this.#handler,
      customUserAgent: this.#options.userAgent ?? USER_AGENT,
      maxAttempts: 1,
      retryMode: "standard",
      defaultsMode: "standard",
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
    };
  }
}

type SdkConfiguration = {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  requestHandler: AwsRequestHandler;
  customUserAgent: string;
  maxAttempts: number;
  retryMode: string;
  defaultsMode: "standard";
  useDualstackEndpoint: boolean;
  useFipsEndpoint: boolean;
};

/** `host`, `host:port` and URLs are all written into endpoint settings; AWS is reached by https. */
export function endpointUrl(endpoint: string): string {
  return /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
}

function keyOf(settings: AwsClientSettings): string {
  return `${settings.origin} ${settings.region} ${settings.endpoint ?? ""}`;
}
