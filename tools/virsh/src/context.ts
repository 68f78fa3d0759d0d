import { type Commands, commandsOf, type Output } from "@libvirt-ts/cli";
import type { Connect } from "@libvirt-ts/client";

/** What the commands that are about the shell itself change. */
export interface ShellControl {
  readonly commands: Commands<Context>;
  readonly isInteractive: boolean;
  readonly isReadOnly: boolean;
  /** What leaves a console, as a byte: 29 is Ctrl-]. */
  readonly escape: number;
  /** Aborts when the user presses Ctrl-C; a fresh one for each command. */
  readonly interrupted: AbortSignal;
  /** Ends the connection and opens another; "" is the default. */
  reconnect(uri: string | undefined, readOnly: boolean): Promise<void>;
  /** For commands that shape the terminal or start editors. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line from the user. @param hidden it is not shown */
  ask(prompt: string, hidden?: boolean): Promise<string>;
}

/** What virsh's commands work on. */
export interface Context {
  /** @throws for commands that are declared to be offline */
  readonly connect: Connect;
  readonly out: Output;
  readonly shell: ShellControl;
}

/** A command of virsh. */
export const command = commandsOf<Context>();
