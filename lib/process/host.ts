import { arch, cpus, freemem, hostname, platform, release, totalmem, uptime } from "node:os";
import type { Host } from "@/lib/engine/ports";

/** This machine, as Node.js sees it. */
export const thisHost: Host = {
  name: hostname(),
  facts: () => {
    const total = totalmem();
    const free = freemem();
    const upSeconds = Math.floor(uptime());
    const processors = cpus();
    return {
      cpu: processors.map(({ model, speed }, cpu) => ({ cpu, modelName: model, mhz: speed })),
      cpu_times: processors.map(({ times }, index) => ({
        cpu: `cpu${index}`,
        user: times.user / 1000,
        system: times.sys / 1000,
        idle: times.idle / 1000,
        nice: times.nice / 1000,
        irq: times.irq / 1000,
      })),
      disk: null,
      host: {
        hostname: hostname(),
        uptime: upSeconds,
        bootTime: Math.floor(Date.now() / 1000) - upSeconds,
        os: platform(),
        kernelVersion: release(),
        kernelArch: arch(),
      },
      memory: { total, free, available: free, used: total - free },
    };
  },
};
