import { DomainModificationImpact as Impact, DomainMetadataType as Type } from "@libvirt-ts/api";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { getMetadata, metadataChange } from "@libvirt-ts/hypervisor";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, affectedOne, findDomain, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;

/** Title, description, and what applications keep with a domain. */
export function metadataHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainGetMetadata({ dom, type, uri, flags }) {
      const domain = findDomain(driver, dom);
      checkFlags(flags, IMPACT, "virDomainObjGetMetadata", ErrorDomain.DOMAIN);
      const metadata = getMetadata(affectedOne(domain, flags), type, uri ?? "");
      if (metadata === undefined) {
        throw new VirError(
          ErrorDomain.DOMAIN,
          ErrorCode.NO_DOMAIN_METADATA,
          "Requested metadata element is not present",
        );
      }
      return { metadata };
    },
    async domainSetMetadata({ dom, type, metadata, key, uri, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetMetadata", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      await domain.jobs.run("modify", { api: "virDomainSetMetadata" }, async () => {
        const { live, config } = affected(domain, flags);
        const change = metadataChange({ type, text: metadata, key: key ?? "", uri: uri ?? "" });
        // What can fail comes first.
        if (config) await changeConfig(driver, domain, change);
        if (live) {
          change(domain.def);
          driver.status.save(domain);
        }
      });
      driver.events.emit("metadataChange", domain, { type, nsuri: type === Type.ELEMENT ? uri : null });
    },
  };
}
