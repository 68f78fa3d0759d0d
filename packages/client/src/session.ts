import type { Args, CallRow, EventRow, Msg, Ret } from "@libvirt-ts/protocol";
import { abortable } from "./abortable.ts";
import type { MakeObject } from "./marshal.ts";
import type { CallOptions } from "./shapes.ts";
import type { Transport, TransportStream } from "./transport.ts";

/** What objects need of their connection. */
export class Session {
  readonly transport: Transport;
  readonly make: MakeObject;

  constructor(transport: Transport, make: (session: Session) => MakeObject) {
    this.transport = transport;
    this.make = make(this);
  }

  async call<R extends CallRow>(row: R, args: Args<R>, { signal, fds }: CallOptions = {}): Promise<Ret<R>> {
    signal?.throwIfAborted();
    return abortable(this.transport.call(row, args, fds && { fds }), signal);
  }

  async callWithFds<R extends CallRow>(
    row: R,
    args: Args<R>,
    { signal, fds }: CallOptions = {},
  ): Promise<{ ret: Ret<R>; fds: number[] }> {
    signal?.throwIfAborted();
    return this.transport.callWithFds(row, args, fds && { fds });
  }

  async openStream<R extends CallRow>(
    row: R,
    args: Args<R>,
    options: { sparse?: boolean } & CallOptions = {},
  ): Promise<{ ret: Ret<R>; stream: TransportStream }> {
    options.signal?.throwIfAborted();
    const opening = this.transport.openStream(row, args, { sparse: options.sparse === true });
    return abortable(opening, options.signal, ({ stream }) => stream.abort());
  }

  onEvent<R extends EventRow>(row: R, listener: (msg: Msg<R>) => void): () => void {
    return this.transport.onEvent(row, listener);
  }
}
