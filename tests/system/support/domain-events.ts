import { idleDomain, Running, type World, waitFor } from "@libvirt-ts/testing";

/** What `virsh event --all` tells, as short lines: `lifecycle vm Started Booted`, `reboot vm`. */
export class DomainEvents {
  readonly #virsh: Running;

  private constructor(virsh: Running) {
    this.#virsh = virsh;
  }

  /** Listens from when this resolves: an event made for the purpose has arrived by then. */
  static async listen(world: World): Promise<DomainEvents> {
    // virsh writes to a pipe in blocks unless told otherwise.
    const argv = ["stdbuf", "-oL", ...world.virshCommand(["event", "--all", "--loop"])];
    const events = new DomainEvents(new Running(world.namespace.inside(argv), { env: world.environment() }));
    await waitFor("the first event", async () => {
      await world.define(idleDomain({ name: "first-event" }));
      await world.virsh("undefine", "first-event");
      return events.lifecycle("first-event").length > 0;
    });
    return events;
  }

  get lines(): string[] {
    return [...this.#virsh.stdout.matchAll(/^event '([\w-]+)' for domain '([^']+)'(?:: (.*))?$/gm)].map(
      ([, event, domain, detail = ""]) => `${event} ${domain} ${detail}`.trim(),
    );
  }

  /** What a domain's life was: lines of its lifecycle alone. */
  lifecycle(domain: string): string[] {
    const head = `lifecycle ${domain} `;
    return this.lines.filter((line) => line.startsWith(head)).map((line) => line.slice(head.length));
  }

  /** Resolves when this event has come, or come so many times. */
  async saw(line: string, times = 1): Promise<void> {
    await waitFor(`event ${line}`, () => this.lines.filter((each) => each === line).length >= times);
  }

  stop(): Promise<unknown> {
    return this.#virsh.stop();
  }
}
