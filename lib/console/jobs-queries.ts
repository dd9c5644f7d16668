import { queryOptions } from "@tanstack/react-query";
import { getJson } from "@/lib/console/get-json";
import { type JobAddress, JobDetail, JobPage } from "@/lib/console/jobs";

const RUNNING_REFRESH_MS = 1_000;
const LIST_REFRESH_MS = 5_000;

/** A job with a page of its leases: read again and again while it runs. */
export function jobQuery(address: JobAddress) {
  return queryOptions({
    queryKey: ["jobs", "one", address],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams(address).toString();
      return JobDetail.parse(await getJson(`/api/console/jobs/job?${query}`, signal));
    },
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === "running" ? RUNNING_REFRESH_MS : false,
  });
}

/** Jobs, newest first. */
export function jobsQuery(cursor: string) {
  return queryOptions({
    queryKey: ["jobs", "list", cursor],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ cursor }).toString();
      return JobPage.parse(await getJson(`/api/console/jobs?${query}`, signal));
    },
    refetchInterval: LIST_REFRESH_MS,
  });
}

/** The newest jobs, read again only while one of them runs. */
export const runningJobsQuery = queryOptions({
  queryKey: ["jobs", "running"],
  queryFn: async ({ signal }) => JobPage.parse(await getJson("/api/console/jobs?cursor=", signal)),
  retry: false,
  refetchOnWindowFocus: false,
  refetchInterval: ({ state }) =>
    state.data?.jobs.some((job) => job.state === "running") === true ? LIST_REFRESH_MS : false,
});
