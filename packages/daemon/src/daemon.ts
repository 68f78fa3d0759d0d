import { constants } from "node:os";
import { fileAccounts } from "@libvirt-ts/access/accounts";
import type { AccessControl } from "@libvirt-ts/access/rules";
import type { Keys, LoggingKeys, Values } from "@libvirt-ts/config";
import { type FdStore, noFdStore } from "@libvirt-ts/keeper";
import type { Logger, Logging } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";
import { Server, type Service } from "@libvirt-ts/rpc/server";
import type { AdminServer } from "./admin/admin-server.ts";
import { adminService } from "./admin/service.ts";
import {
  executeAnew,
  type HandOverOptions,
  type Inherited,
  type SavedClient,
  saveClients,
  suspendAll,
  takeState,
} from "./hand-over.ts";
import { IdleExit } from "./idle-exit.ts";
import { keepClients, keptClients } from "./kept-clients.ts";
import { parseListenFds } from "./listen-fds.ts";
import { makeDirectory } from "./make-directory.ts";
import type { NetworkDoors } from "./network-settings.ts";
import type { Paths } from "./paths.ts";
import { heldPidFile, type PidFile, takePidFile } from "./pid-file.ts";
import { Security } from "./security.ts";
import type { ListenSettings, ServerSettings } from "./servers.ts";
import type { ServiceManager } from "./service-manager.ts";
import { type BoundSocket, openSockets, removeSocketFiles, socketPlans } from "./sockets.ts";
import type { DaemonSpec, Programs } from "./spec.ts";
import { ExitCode, StartFailure } from "./start-failure.ts";
import { handOverToSuccessor, type Predecessor } from "./succession.ts";
import { forgetSockets, keepSockets, keptSockets, openStore } from "./survival.ts";

export interface DaemonOptions<K extends Keys & LoggingKeys> {
  spec: DaemonSpec<K>;
  paths: Paths;
  config: Values<K>;
  settings: ListenSettings;
  logging: Logging;
  native: Native;
  manager: ServiceManager;
  pidFile: string;
  handOverFile: string;
  keptClientsFile: string;
  /** The process we are to follow. */
  predecessor: Predecessor | undefined;
  /** Whoever watches us learns of a successor; without it only this very process counts. */
  mayChangePid: boolean;
  timeoutSeconds: number;
  groupId(name: string): number;
  /** What the next process gets. */
  environment: Readonly<Record<string, string | undefined>>;
}

/** Drivers get this long to finish at a clean stop. */
const finishMs = 30_000;

/** One daemon's life in a process: start, serve, reload, hand over, stop. */
export class Daemon<K extends Keys & LoggingKeys> {
  readonly #o: DaemonOptions<K>;
  readonly #log: Logger;
  readonly #idle: IdleExit;
  readonly #servers = new Map<string, AdminServer>();
  readonly #security: Security | undefined;
  readonly #network: NetworkDoors | undefined;
  #pidFile: PidFile | undefined;
  #sockets: BoundSocket[] = [];
  #store: FdStore = noFdStore();
  #programs: Programs | undefined;
  #stopping = false;
  /** Handing over; a stop waits for how that ends. */
  #handingOver: { readonly abort: AbortController; stop?: string } | undefined;
  /** What we have is still the predecessor's as well. */
  #isBorrowed = false;
  /** A signal that came before we could act on it. */
  #pending: (() => void)[] = [];
  #ready = false;

  constructor(o: DaemonOptions<K>) {
    this.#o = o;
    this.#log = o.logging.root.child({ mod: "daemon" });
    const { settings, paths, environment } = o;
    this.#security =
      settings.security && new Security(settings.security, paths, environment.DBUS_SYSTEM_BUS_ADDRESS);
    this.#network =
      settings.network && o.spec.network && new o.spec.network(settings.network, paths, o.native);
    this.#idle = new IdleExit(() => this.shutdown("unused for the given time"));
    this.#catchSignals();
  }

  /** @throws StartFailure, or whatever the programs threw */
  async start(): Promise<void> {
    const { spec, paths, native } = this.#o;
    makeDirectory(paths.run);
    makeDirectory(paths.runRoot);
    const inherited = await this.#takeOver();
    this.#pidFile = inherited
      ? heldPidFile(inherited.pidFile.path, inherited.pidFile.fd)
      : takePidFile(this.#o.pidFile, native);
    if (spec.survives) this.#store = await this.#openStore(inherited);
    this.#sockets = inherited?.sockets ?? this.#openSockets();
    for (const { fd } of this.#sockets) native.setCloexec(fd, true);
    keepSockets(this.#store, this.#sockets);
    const clients = inherited?.clients ?? this.#keptClients();
    const programs = await this.#callPrograms(clients !== undefined);
    this.#programs = programs;
    await this.#commit();
    await programs.handOver?.begin?.();
    await this.#network?.prepare(this.#sockets);
    this.#serve(programs, clients ?? [], await this.#security?.access(programs.services));
    this.#idle.setTimeout(this.#o.timeoutSeconds);
    this.#idle.begin();
    this.#ready = true;
    this.#o.manager.ready();
    this.#log.info({ sockets: this.#sockets.map(({ path }) => path) }, "ready");
    for (const act of this.#pending.splice(0)) act();
  }

  /** What the former process, or image of this one, hands over. */
  async #takeOver(): Promise<Inherited | undefined> {
    const { spec, predecessor, handOverFile } = this.#o;
    if (spec.kind !== "manager") return undefined;
    if (!predecessor) return takeState<Inherited>(handOverFile, String(process.pid), this.#log);
    const inherited = await predecessor.inherit(handOverFile, this.#log);
    if (!inherited) process.exit(ExitCode.none); // it goes on itself
    this.#isBorrowed = true;
    return inherited;
  }

  /** Ends the predecessor: from here on there is only us. */
  async #commit(): Promise<void> {
    if (!this.#isBorrowed) return;
    this.#o.manager.mainPid();
    await this.#o.predecessor?.take();
    this.#isBorrowed = false;
    this.#pidFile?.write();
  }

  #keptClients(): SavedClient[] | undefined {
    const { keptClientsFile: file, native } = this.#o;
    return keptClients({ file, native, store: this.#store, log: this.#log });
  }

  /** Takes back what a failed start has made. */
  abandon(): void {
    if (this.#isBorrowed) return;
    for (const { server } of this.#servers.values()) server.close();
    removeSocketFiles(this.#sockets);
    this.#pidFile?.release();
  }

  /** Begins the clean stop; clients see the end of their connections at once. */
  shutdown(reason: string): void {
    if (this.#stopping) return;
    if (this.#handingOver) {
      this.#handingOver.stop = reason;
      this.#handingOver.abort.abort();
      return;
    }
    this.#stopping = true;
    this.#log.info({ reason }, "stopping");
    void this.#stop();
  }

  /** Told to stop before anybody could use us; but clients of a predecessor do already. */
  #giveUp(signal: string): void {
    if (this.#o.predecessor && this.#programs && !this.#isBorrowed) {
      this.#pending.push(() => this.shutdown(signal));
      return;
    }
    this.abandon();
    process.exit(ExitCode.none);
  }

  async #stop(): Promise<void> {
    this.#o.manager.stopping();
    this.#idle.stop();
    this.#programs?.stopping?.();
    await this.#keepClients();
    for (const { server } of this.#servers.values()) server.close();
    await this.#finishPrograms();
    forgetSockets(this.#store, this.#sockets);
    removeSocketFiles(this.#sockets);
    this.#pidFile?.release();
    process.exit(ExitCode.none);
  }

  /** The stop may be one half of a restart: then connections go on with the next process. */
  async #keepClients(): Promise<void> {
    const handOver = this.#handOverOptions();
    if (!handOver || !this.#store.endsWithService || !(await suspendAll(handOver))) return;
    try {
      await keepClients(this.#o.keptClientsFile, this.#store, saveClients(handOver));
    } catch (error) {
      this.#log.error({ err: error }, "connections do not outlive the stop");
    }
  }

  async #finishPrograms(): Promise<void> {
    const closing = this.#programs?.close?.();
    if (!closing) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#log.warn({ seconds: finishMs / 1000 }, "did not finish in time, ending all the same");
        resolve();
      }, finishMs);
    });
    const done = closing.catch((error: unknown) => this.#log.error({ err: error }, "unclean finish"));
    await Promise.race([done, late]);
    clearTimeout(timer);
  }

  #openStore(inherited: Inherited | undefined): Promise<FdStore> {
    const { spec, paths, native, environment } = this.#o;
    const { run } = paths;
    const saved = inherited?.store;
    for (const [, fd] of saved?.kept ?? []) native.setCloexec(fd, true);
    if (saved?.socket !== undefined) native.setCloexec(saved.socket, true);
    return openStore({
      name: spec.name,
      run,
      native,
      log: this.#log,
      environment,
      saved,
    });
  }

  #openSockets(): BoundSocket[] {
    const { spec, paths, settings, native, environment } = this.#o;
    const plans = socketPlans({
      name: spec.name,
      kind: spec.kind,
      run: settings.socketDirectory ?? paths.run,
      privileged: paths.privileged,
      modes: { ...settings.modes, main: settings.modes.main ?? this.#mainMode },
      gid: settings.socketGroup === undefined ? undefined : this.#o.groupId(settings.socketGroup),
      backlog: settings.backlog,
      adminBacklog: settings.adminBacklog,
    });
    try {
      const kept = keptSockets(plans, this.#store, native);
      if (kept !== undefined) return kept;
      const brought = parseListenFds(environment, process.pid);
      const unix = openSockets(plans, brought, native);
      return [
        ...unix,
        ...(this.#network?.open(brought, { name: spec.name, backlog: settings.backlog }) ?? []),
      ];
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new StartFailure(ExitCode.network, error instanceof Error ? error.message : String(error));
    }
  }

  /** Whoever is asked who he is may knock. */
  get #mainMode(): number | undefined {
    return this.#security?.method("main") === "polkit" ? 0o777 : undefined;
  }

  #callPrograms(inherited: boolean): Promise<Programs> {
    return this.#o.spec.programs({
      paths: this.#o.paths,
      log: this.#o.logging.root,
      config: this.#o.config,
      shutdown: (reason) => this.shutdown(reason),
      inhibit: () => this.#idle.hold(),
      notify: (state) => this.#o.manager.send(state),
      store: this.#store,
      inherited,
    });
  }

  #serve(programs: Programs, clients: readonly SavedClient[], access: AccessControl | undefined): void {
    const { spec, settings } = this.#o;
    const main = this.#addServer(spec.name, programs.services, settings.main, {
      access,
      reloadTls: this.#network?.reload,
    });
    const admin = this.#addServer(
      "admin",
      [this.#adminService(), ...(programs.adminServices ?? [])],
      settings.admin,
    );
    for (const saved of clients) {
      const { server } = this.#servers.get(saved.server) ?? { server: main };
      server.adopt(saved.connection, (client) => {
        if (server === main) programs.handOver?.adoptClient?.(client, saved.state);
      });
    }
    for (const { connection, state } of programs.clients ?? []) {
      main.adopt(connection, (client) => programs.handOver?.adoptClient?.(client, state));
    }
    programs.handOver?.adopted?.();
    for (const { role, fd, path } of this.#sockets) {
      if (role === "admin") admin.listen(fd, { path, accept: sameUser });
      else if (spec.kind === "manager") main.listen(fd, { path, accept: sameUser });
      else {
        const more = { ...this.#network?.listenOptions(role), ...this.#security?.listenOptions(role) };
        main.listen(fd, { path, readOnly: role === "readOnly", ...more });
      }
    }
  }

  #addServer(
    name: string,
    services: readonly Service[],
    { limits, workers }: ServerSettings,
    { access, reloadTls }: { access?: AccessControl | undefined } & Pick<AdminServer, "reloadTls"> = {},
  ): Server {
    const log = this.#o.logging.root.child({ mod: "rpc" });
    const server = new Server({ name, services, log, limits, access });
    server.onClient((client) => client.onClose(this.#idle.hold()));
    this.#servers.set(name, { server, workers, reloadTls });
    return server;
  }

  #adminService(): Service {
    return adminService({
      servers: this.#servers,
      accounts: fileAccounts(),
      log: this.#o.logging.root.child({ mod: "admin" }),
      logging: this.#o.logging,
      setTimeout: (seconds) => this.#idle.setTimeout(seconds),
      shutdown: (reason) => this.shutdown(reason),
    });
  }

  #catchSignals(): void {
    for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
      process.on(signal, () => (this.#ready ? this.shutdown(signal) : this.#giveUp(signal)));
    }
    if (this.#o.spec.kind !== "manager")
      process.on("SIGHUP", () => this.#whenReady(() => void this.#reload()));
    // caught in every daemon, as Node's default is to open a debugger
    process.on("SIGUSR1", () => this.#whenReady(() => void this.#handOver()));
  }

  #whenReady(act: () => void): void {
    if (this.#ready) act();
    else this.#pending.push(act);
  }

  async #reload(): Promise<void> {
    if (this.#stopping) return;
    this.#o.manager.reloading();
    try {
      await this.#programs?.reload?.();
      this.#log.info({}, "reloaded");
    } catch (error) {
      this.#log.error({ err: error }, "reload failed");
    }
    this.#o.manager.ready();
  }

  #handOverOptions(): HandOverOptions | undefined {
    const handOver = this.#programs?.handOver;
    if (!handOver || !this.#pidFile) return undefined;
    return {
      file: this.#o.handOverFile,
      handOver,
      servers: [...this.#servers].map(([name, { server }]) => ({ name, server })),
      sockets: this.#sockets,
      pidFile: this.#pidFile,
      store: this.#store,
      native: this.#o.native,
      environment: this.#o.environment,
      log: this.#log,
    };
  }

  async #handOver(): Promise<void> {
    const options = this.#handOverOptions();
    if (this.#stopping || this.#handingOver || !options) return;
    const abort = new AbortController();
    this.#handingOver = { abort };
    const successor = await (this.#o.mayChangePid
      ? handOverToSuccessor(options, abort.signal)
      : executeAnew(options, abort.signal));
    const { stop } = this.#handingOver;
    this.#handingOver = undefined;
    if (successor !== undefined) {
      options.pidFile.leave();
      if (stop !== undefined) this.#o.native.pidfdSignal(successor, constants.signals.SIGTERM);
      process.exit(ExitCode.none);
    }
    this.#o.manager.mainPid(); // in case that it had said so already
    if (stop !== undefined) this.shutdown(stop);
  }
}

/** Root lets in root, a user lets in himself. */
function sameUser({ uid }: { uid: number }): boolean {
  return uid === process.geteuid?.();
}
