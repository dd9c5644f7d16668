import type { Metadata } from "next";
import { DevicesPage } from "@/app/(console)/admin/audit-devices/devices-page";
import { listDevices, readDeviceStates } from "@/lib/console/admin-devices";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Audit devices" };

export default async function AuditDevicesPage() {
  const operator = await requireOperator();
  const [devices, states] = await Promise.all([listDevices(operator), readDeviceStates(operator)]);
  return (
    <DevicesPage
      devices={devices}
      states={states}
      code={asCode({
        operation: "write",
        path: "sys/audit/file",
        data: { type: "file", options: { file_path: "/var/log/leasehold/audit.log" } },
        terraform:
          'resource "vault_audit" "file" {\n  type = "file"\n  options = {\n    file_path = "/var/log/leasehold/audit.log"\n  }\n}',
      })}
    />
  );
}
