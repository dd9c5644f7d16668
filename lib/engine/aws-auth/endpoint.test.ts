import { expect, test } from "vitest";
import {
  isPublicStsHost,
  regionalStsEndpoint,
  regionOfPartition,
} from "@/lib/engine/aws-auth/endpoint";

test.each([
  ["us-east-1", "https://sts.us-east-1.amazonaws.com"],
  ["us-west-2", "https://sts.us-west-2.amazonaws.com"],
  ["ap-northeast-3", "https://sts.ap-northeast-3.amazonaws.com"],
  ["us-gov-east-1", "https://sts.us-gov-east-1.amazonaws.com"],
  ["cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"],
  ["aws-global", "https://sts.amazonaws.com"],
])("A237 T16 region %s has the endpoint %s", (region, endpoint) => {
  expect(regionalStsEndpoint(region)).toBe(endpoint);
});

test.each([
  "fake-region-1",
  "",
  "..",
  "x@evil.example",
  "evil.example#",
  "US-EAST-1",
  "__proto__",
  "constructor",
])("A239 T16 %j selects no endpoint", (region) => {
  expect(() => regionalStsEndpoint(region)).toThrow(
    `unable to get regional STS endpoint for region: ${region}`,
  );
});

test("T16 a long region is not repeated whole", () => {
  expect(() => regionalStsEndpoint("a".repeat(300))).toThrow(/: a{64}$/);
});

test.each([
  "sts.amazonaws.com",
  "STS.amazonaws.com",
  "sts.eu-west-1.amazonaws.com",
  "sts-fips.us-east-1.amazonaws.com",
  "sts.us-east-1.api.aws",
  "vpce-0a1b-2c3d.sts.us-east-1.vpce.amazonaws.com",
])("%s is a name of STS", (host) => expect(isPublicStsHost(host)).toBe(true));

test.each([
  "evil.example",
  "sts.amazonaws.com.evil.example",
  "evilsts.amazonaws.com",
  "sts.amazonaws.com.",
  "sts.fake-region-1.amazonaws.com",
  "x.sts.fake-1.vpce.amazonaws.com",
  "a.b.c.sts.us-east-1.vpce.amazonaws.com",
  "ec2.amazonaws.com",
  "2130706433",
  "",
])("T3 %j is no name of STS", (host) => expect(isPublicStsHost(host)).toBe(false));

test("A130 an unknown partition has no region", () => {
  expect(regionOfPartition("aws-us-gov")).toBe("us-gov-west-1");
  expect(() => regionOfPartition("moon")).toThrow(`unable to resolve partition "moon" to a region`);
  expect(() => regionOfPartition("toString")).toThrow(/unable to resolve partition/);
});
