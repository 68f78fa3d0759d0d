import { ErrorDomain } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { remote } from "@libvirt-ts/protocol";
import { connectionService, eventFrame, type Limits, Server } from "@libvirt-ts/rpc/server";

/** What the test asks of this process, which is nothing but a server. */
export type ServerOrder =
  | { order: "listen"; path: string; auth: "none" | "polkit"; limits: Partial<Limits>; backlog: number }
  | { order: "events"; count: number; bytes: number }
  | { order: "state" };
export interface ServerState {
  readonly clients: number;
  readonly anonymous: number;
}

const session = connectionService({
  type: "QEMU",
  scheme: "qemu",
  privileged: true,
  features: [],
  libVersion: 11_003_000,
});
let server: Server | undefined;

const act = {
  listen({ path, auth, limits, backlog }: Extract<ServerOrder, { order: "listen" }>) {
    server?.close();
    server = new Server({
      name: "overload",
      log: silentLogger(),
      limits,
      services: [
        {
          program: remote,
          errorDomain: ErrorDomain.REMOTE,
          gate: session.gate,
          handlers: session.handlers,
        },
      ],
    });
    const fd = native.socketUnix("stream");
    native.bind(fd, path);
    native.listen(fd, backlog);
    server.listen(fd, { path, auth });
  },
  events({ count, bytes }: Extract<ServerOrder, { order: "events" }>) {
    const dom = { name: "x".repeat(bytes), uuid: new Uint8Array(16), id: 1 };
    for (let i = 0; i < count; i++) {
      const frame = eventFrame(remote.procs.domainEventCallbackReboot, { callbackID: i, msg: { dom } });
      for (const client of server?.clients ?? []) client.sendRaw(frame);
    }
  },
  state() {
    globalThis.gc?.();
  },
};

process.on("message", (message: ServerOrder) => {
  if (message.order === "listen") act.listen(message);
  else if (message.order === "events") act.events(message);
  else act.state();
  const state: ServerState = {
    clients: server?.clientCount ?? 0,
    anonymous: server?.anonymousCount ?? 0,
  };
  process.send?.(state);
});
