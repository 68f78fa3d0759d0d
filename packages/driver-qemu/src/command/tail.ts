import { cryptoParts } from "../device/crypto.ts";
import { panicParts } from "../device/panic.ts";
import { type DeviceContext, devicePart, objectPart, optionPart, type Part } from "../device/parts.ts";
import { pstoreParts, shmemParts } from "../device/shmem.ts";
import { vsockDevice } from "../device/vsock.ts";

/** What follows the devices. */
export function tailParts(context: DeviceContext): Part[] {
  const { def, settings, caps } = context;
  const { devices } = def;
  const parts: Part[] = [];
  if (devices.nvram?.address?.type === "spapr-vio" && devices.nvram.address.reg !== undefined) {
    parts.push(optionPart("-global", `spapr-nvram.reg=0x${devices.nvram.address.reg.toString(16)}`));
  }
  if (def.features?.vmcoreinfo?.state) parts.push(devicePart({ driver: "vmcoreinfo" }));
  parts.push(...launchSecurity(context));
  for (const { value } of def.qemuCommandline?.args ?? []) parts.push(optionPart(value));
  if (settings.seccompSandbox !== false && caps.flags.has("seccomp-sandbox")) {
    parts.push(
      optionPart("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"),
    );
  } else if (settings.seccompSandbox === false && caps.flags.has("seccomp-sandbox"))
    parts.push(optionPart("-sandbox", "off"));
  parts.push(...devices.panics.flatMap((panic) => panicParts(panic, context)));
  parts.push(...devices.shmems.flatMap((shmem) => shmemParts(shmem, context)));
  if (devices.vsock !== undefined) parts.push(devicePart(vsockDevice(devices.vsock, context)));
  parts.push(...devices.cryptos.flatMap((crypto) => cryptoParts(crypto, context)));
  if (devices.pstore !== undefined) parts.push(...pstoreParts(devices.pstore, context));
  const teardown = def.features?.asyncTeardown?.enabled;
  if (teardown !== undefined && caps.flags.has("run-with.async-teardown")) {
    parts.push(optionPart("-run-with", `async-teardown=${teardown ? "on" : "off"}`));
  }
  if (settings.logTimestamp) parts.push(optionPart("-msg", "timestamp=on"));
  return parts;
}

function launchSecurity({ def, caps, paths }: DeviceContext): Part[] {
  const security = def.launchSecurity;
  switch (security?.type) {
    case "sev":
    case "sev-snp": {
      const cbitpos = security.cbitpos ?? caps.sev?.cbitpos;
      const reduced = security.reducedPhysBits ?? caps.sev?.reducedPhysBits;
      if (security.type === "sev") {
        return [
          objectPart({
            "qom-type": "sev-guest",
            id: "lsec0",
            cbitpos,
            "reduced-phys-bits": reduced,
            policy: security.policy,
            "dh-cert-file": security.dhCert === undefined ? undefined : `${paths.domain}/dh_cert.base64`,
            "session-file": security.session === undefined ? undefined : `${paths.domain}/session.base64`,
            "kernel-hashes": security.kernelHashes,
          }),
        ];
      }
      return [
        objectPart({
          "qom-type": "sev-snp-guest",
          id: "lsec0",
          cbitpos,
          "reduced-phys-bits": reduced,
          policy: security.policy,
          "guest-visible-workarounds": security.guestVisibleWorkarounds,
          "id-block": security.idBlock,
          "id-auth": security.idAuth,
          "host-data": security.hostData,
          "kernel-hashes": security.kernelHashes,
          "author-key-enabled": security.authorKey,
          "vcek-disabled": security.vcek === undefined ? undefined : !security.vcek,
        }),
      ];
    }
    case "s390-pv":
      return [objectPart({ "qom-type": "s390-pv-guest", id: "lsec0" })];
    default:
      return [];
  }
}
