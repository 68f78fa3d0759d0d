import { KeycodeSet } from "@libvirt-ts/api";
import { checkFlags, ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { codesetNames, toQnum } from "../keyboard/keycodes.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";
import { changeGuest } from "./with-guest.ts";

export function sendKeyHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainSendKey({ dom, codeset, holdtime, keycodes, flags }) {
      checkFlags(flags, 0, "qemuDomainSendKey", ErrorDomain.QEMU);
      const name = codesetNames[codeset];
      if (name === undefined) {
        const message = `Unsupported codeset '${codeset}'`;
        throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
      }
      const codes = keycodes.map((code) => {
        if (codeset === KeycodeSet.QNUM) return code;
        const qnum = toQnum(name, code);
        if (qnum !== undefined) return qnum;
        const detail = `cannot translate keycode ${code} of ${name} codeset to qnum keycode`;
        throw internal(ErrorDomain.QEMU, detail);
      });
      const domain = findDomain(driver, dom);
      await changeGuest(domain, "virDomainSendKey", ({ monitor }) => monitor.sendKey(codes, holdtime));
    },
  };
}
