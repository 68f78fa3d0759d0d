import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { type DomainDef, domainDefCopy } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findDomain, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import { invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { changeDomain } from "./change.ts";

/** By virDomainLifecycle, and by virDomainLifecycleAction. */
const lifecycleFields = ["onPoweroff", "onReboot", "onCrash"] as const;
const lifecycleNames = ["poweroff", "reboot", "crash"] as const;
const actions = ["destroy", "restart", "rename-restart", "preserve"] as const;
const crashActions = [...actions, "coredump-destroy", "coredump-restart"] as const;

/** Who a guest is, and what it does when it ends. */
export function identityHandlers(driver: TestDriver): RemoteHandlers {
  return {
    domainRename({ dom, newName, flags }) {
      checkFlags(flags, 0, "testDomainRename", ErrorDomain.TEST);
      rename(driver, findDomain(driver, dom), newName ?? "");
      return { retcode: 0 };
    },
    domainSetLifecycleAction({ dom, type, action, flags }) {
      checkFlags(flags, Impact.LIVE | Impact.CONFIG, "testDomainSetLifecycleAction", ErrorDomain.TEST);
      const change = lifecycleChange(type, action);
      changeDomain(findDomain(driver, dom), flags, change);
    },
  };
}

const ofApi = (code: ErrorCode, detail: string): VirError => new VirError(ErrorDomain.DOMAIN, code, detail);

function rename(driver: TestDriver, domain: TestDomain, name: string): void {
  if (domain.isActive) throw invalid("cannot rename active domain");
  if (!domain.isPersistent) throw invalid("cannot rename a transient domain");
  if (name === "") {
    const message = "string new_name in virDomainRename must not be empty";
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
  }
  if (name.includes("/"))
    throw new VirError(ErrorDomain.TEST, ErrorCode.XML_ERROR, `name ${name} cannot contain '/'`);
  if (name === domain.name) throw ofApi(ErrorCode.OPERATION_INVALID, "Can't rename domain to itself");
  if (driver.domains.byName(name))
    throw ofApi(ErrorCode.OPERATION_INVALID, `domain with name '${name}' already exists`);
  domain.announce({ event: "undefined", detail: "renamed" });
  driver.domains.remove(domain);
  domain.def = { ...domainDefCopy(domain.def), name };
  driver.domains.add(domain);
  domain.announce({ event: "defined", detail: "renamed" });
}

function lifecycleChange(type: number, action: number): (def: DomainDef) => void {
  const field = lifecycleFields[type];
  const wanted = crashActions[action];
  if (field === undefined) throw ofApi(ErrorCode.INVALID_ARG, `invalid lifecycle type '${type}'`);
  if (wanted === undefined) throw ofApi(ErrorCode.INVALID_ARG, `invalid lifecycle action '${action}'`);
  const common = actions.find((each) => each === wanted);
  if (field === "onCrash")
    return (def) => {
      def.onCrash = wanted;
    };
  if (common === undefined) {
    const detail = `Lifecycle event '${lifecycleNames[type]}' doesn't support '${wanted}' action`;
    throw ofApi(ErrorCode.CONFIG_UNSUPPORTED, detail);
  }
  return (def) => {
    def[field] = common;
  };
}
