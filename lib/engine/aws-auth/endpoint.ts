import { invalidRequest } from "@/lib/engine/errors";

export const GLOBAL_STS_ENDPOINT = "https://sts.amazonaws.com";

/**
 * Regions with an STS endpoint of their own, by partition. Closed data: a region that a request names
 * selects a row here and never becomes part of a host name.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
const STS_REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: [
    ...["af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2"],
    ...["ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2"],
    ...["ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"],
    ...["ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1"],
    ...["eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1"],
    ...["me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1"],
    "us-west-2",
  ],
  "aws-us-gov": ["us-gov-east-1", "us-gov-west-1"],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
};

/** Regions that sign a partition's IAM calls. */
const IAM_REGIONS: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-cn": "cn-north-1",
  "aws-iso": "us-iso-east-1",
  "aws-iso-b": "us-isob-east-1",
  "aws-iso-e": "eu-isoe-west-1",
  "aws-iso-f": "us-isof-south-1",
  "aws-eusc": "eusc-de-east-1",
};

const STS_HOST_BY_REGION: ReadonlyMap<string, string> = new Map([
  ["aws-global", "sts.amazonaws.com"],
  ...Object.entries(STS_REGIONS).flatMap(([partition, regions]) =>
    regions.map((region): [string, string] => [region, stsHost(partition, region)]),
  ),
]);

const PUBLIC_STS_HOSTS: ReadonlySet<string> = new Set([
  ...STS_HOST_BY_REGION.values(),
  ...Object.values(STS_REGIONS)
    .flat()
    .flatMap((region) => [`sts-fips.${region}.amazonaws.com`, `sts.${region}.api.aws`]),
]);

/** Interface endpoints of STS in somebody's network: `vpce-….sts.<region>.vpce.amazonaws.com`. */
const INTERFACE_ENDPOINT =
  /^(?:[a-z0-9-]{1,63}\.){0,2}sts\.([a-z0-9-]{1,32})\.vpce\.amazonaws\.com$/;

function stsHost(partition: string, region: string): string {
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `sts.${region}.${suffix}`;
}

/** True for the names under which AWS itself offers STS; upper and lower case are the same. */
export function isPublicStsHost(host: string): boolean {
  const name = host.toLowerCase();
  if (PUBLIC_STS_HOSTS.has(name)) return true;
  const region = INTERFACE_ENDPOINT.exec(name)?.[1];
  return region !== undefined && STS_HOST_BY_REGION.has(region);
}

/**
 * The endpoint of a region that a client signed for.
 *
 * @throws EngineError `invalid_request` when STS has none there.
 */
export function regionalStsEndpoint(region: string): string {
  const host = STS_HOST_BY_REGION.get(region);
  if (host === undefined) {
    throw invalidRequest(
      `unable to get regional STS endpoint for region: ${region.slice(0, REGION_LENGTH_MAX)}`,
    );
  }
  return `https://${host}`;
}

/** How much of an unknown region is repeated to the caller. */
const REGION_LENGTH_MAX = 64;

/** @throws EngineError `invalid_request` for a partition that does not exist. */
export function regionOfPartition(partition: string): string {
  const region = Object.hasOwn(IAM_REGIONS, partition) ? IAM_REGIONS[partition] : undefined;
  if (region === undefined) {
    throw invalidRequest(`unable to resolve partition "${partition}" to a region`);
  }
  return region;
}
