import type { Authority } from "../polkit/authority.ts";
import type { AccessControl, AccessRequest } from "./control.ts";
import { parseRule } from "./rule.ts";

/** `org.libvirt.api.storage-pool.search-storage-vols` */
export const actionOf = ({ object, permission }: Pick<AccessRequest, "object" | "permission">): string =>
  `org.libvirt.api.${object}.${permission}`.replaceAll("_", "-");

/** `access_drivers = ["polkit"]`: every permission is an action that polkit's rules decide about. */
export class PolkitAccess implements AccessControl {
  readonly compile = parseRule;
  readonly #authority: Authority;

  constructor(authority: Authority) {
    this.#authority = authority;
  }

  async allows({ caller, attributes, ...wanted }: AccessRequest): Promise<boolean> {
    const action = actionOf(wanted);
    const { pid, processTime, uid } = caller;
    if (pid === undefined || processTime === undefined || uid === undefined) {
      throw new Error(`${action}: nothing known about the process that asks`);
    }
    const subject = { pid, startTime: processTime, uid };
    const answer = await this.#authority.check({ action, subject, details: attributes, interactive: false });
    return answer.isAuthorized;
  }
}
