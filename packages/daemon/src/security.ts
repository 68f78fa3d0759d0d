import { join } from "node:path";
import type { Authority } from "@libvirt-ts/access/polkit";
import type { AccessControl } from "@libvirt-ts/access/rules";
import {
  type Authenticator,
  type AuthMethod,
  type ListenOptions,
  polkitAuthenticator,
  type Service,
  saslAuthenticator,
} from "@libvirt-ts/rpc/server";
import type { Paths } from "./paths.ts";
import type { SocketRole } from "./sockets.ts";
import { ExitCode, StartFailure } from "./start-failure.ts";

/** Sockets where clients come in. */
export type Door = Exclude<SocketRole, "admin">;

/** What the configuration says about who may come in and what they may do. */
export interface SecuritySettings {
  /** Absent: polkit for the system daemon, none for a user's. */
  readonly auth: { readonly [role in Door]?: AuthMethod | undefined };
  readonly saslAllowedUsers: readonly string[];
  readonly accessDrivers: readonly string[];
}

/** One daemon's doors. What is behind them (D-Bus, SCRAM) is loaded when the first client needs it. */
export class Security {
  readonly #settings: SecuritySettings;
  readonly #paths: Paths;
  readonly #busAddress: string | undefined;
  #authority: Promise<Authority> | undefined;

  /** @param busAddress of the system bus, if not at its usual place: DBUS_SYSTEM_BUS_ADDRESS */
  constructor(settings: SecuritySettings, paths: Paths, busAddress: string | undefined) {
    this.#settings = settings;
    this.#paths = paths;
    this.#busAddress = busAddress;
  }

  method(role: Door): AuthMethod {
    return this.#settings.auth[role] ?? (this.#paths.privileged ? "polkit" : "none");
  }

  listenOptions(role: Door): Pick<ListenOptions, "auth" | "authenticator"> {
    const auth = this.method(role);
    const authenticator = this.#authenticator(auth);
    return authenticator === undefined ? { auth } : { auth, authenticator };
  }

  /**
   * @throws StartFailure `config` for drivers there are not, or if the daemon cannot tell what its calls are about:
   *   it must not seem to guard what it does not
   */
  async access(services: readonly Service[]): Promise<AccessControl | undefined> {
    const drivers = this.#settings.accessDrivers.filter((name) => name !== "none");
    const unknown = drivers.find((name) => name !== "polkit");
    if (unknown !== undefined) {
      throw new StartFailure(ExitCode.config, `access_drivers: there is no driver "${unknown}"`);
    }
    if (drivers.length === 0) return undefined;
    if (!services.some(({ access }) => access !== undefined)) {
      throw new StartFailure(ExitCode.config, "access_drivers: this daemon has no access control");
    }
    const { PolkitAccess } = await import("@libvirt-ts/access/rules");
    return new PolkitAccess(await this.#polkit());
  }

  #authenticator(method: AuthMethod): Authenticator | undefined {
    if (method === "polkit") return polkitAuthenticator({ authority: () => this.#polkit() });
    if (method === "none") return undefined;
    return saslAuthenticator({ find: this.#findUser(), allowedUsers: this.#settings.saslAllowedUsers });
  }

  #findUser() {
    const file = import("@libvirt-ts/access/passwords").then(
      ({ PasswordFile }) => new PasswordFile(join(this.#paths.etc, "sasl-users")),
    );
    return async (name: string) => (await file).find(name);
  }

  #polkit(): Promise<Authority> {
    this.#authority ??= import("@libvirt-ts/access/polkit").then(
      ({ DBusAuthority }) => new DBusAuthority(this.#busAddress),
    );
    return this.#authority;
  }
}
