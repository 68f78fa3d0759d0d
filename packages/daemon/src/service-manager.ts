import type { Native } from "@libvirt-ts/native";

/** What systemd wants to hear (sd_notify); without one every call does nothing. */
export class ServiceManager {
  readonly #address: string | undefined;
  readonly #native: Native;

  /** @param address NOTIFY_SOCKET: a path, or `@name` for an abstract socket */
  constructor(address: string | undefined, native: Native) {
    this.#address = address || undefined;
    this.#native = native;
  }

  ready(): void {
    this.send("READY=1");
  }

  /** That we are the service, whoever it was before. */
  mainPid(): void {
    this.send(`MAINPID=${process.pid}`);
  }

  stopping(): void {
    this.send("STOPPING=1");
  }

  /** @param monotonicNs CLOCK_MONOTONIC, which Node's hrtime is; the manager orders our messages by it */
  reloading(monotonicNs: bigint = process.hrtime.bigint()): void {
    this.send(`RELOADING=1\nMONOTONIC_USEC=${monotonicNs / 1000n}`);
  }

  /** A manager that is gone or busy is no reason to stop: the answer is not looked at. */
  send(state: string): void {
    if (this.#address) this.#native.sendDatagram(this.#address, Buffer.from(state));
  }
}
