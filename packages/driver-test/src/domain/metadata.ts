import { DomainModificationImpact as Impact, DomainMetadataType as Type } from "@libvirt-ts/api";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  affected,
  affectedOne,
  findDomain,
  getMetadata,
  metadataChange,
  type RemoteHandlers,
  requireMetadataType,
} from "@libvirt-ts/hypervisor";
import type { TestDriver } from "../test-driver.ts";
import { definitions } from "./change.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;

/** Title, description, and what applications keep with a domain. */
export function metadataHandlers(driver: TestDriver): RemoteHandlers {
  return {
    domainGetMetadata({ dom, type, uri, flags }) {
      checkFlags(flags, IMPACT, "testDomainGetMetadata", ErrorDomain.TEST);
      const domain = findDomain(driver, dom);
      requireMetadataType(type);
      const def = affectedOne(domain, flags);
      const metadata = getMetadata(def, type, uri ?? "");
      if (metadata !== undefined) return { metadata };
      const detail = "Requested metadata element is not present";
      throw new VirError(ErrorDomain.DOMAIN, ErrorCode.NO_DOMAIN_METADATA, detail);
    },
    domainSetMetadata({ dom, type, metadata, key, uri, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetMetadata", ErrorDomain.TEST);
      const domain = findDomain(driver, dom);
      const change = metadataChange({ type, text: metadata, key: key ?? "", uri: uri ?? "" });
      for (const def of definitions(domain, affected(domain, flags))) change(def);
      driver.events.emit("metadataChange", domain, { type, nsuri: type === Type.ELEMENT ? uri : null });
    },
  };
}
