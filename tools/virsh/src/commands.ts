import { Commands } from "@libvirt-ts/cli";
import type { Context } from "./context.ts";
import { domstate } from "./monitor/domstate.ts";
import { list } from "./monitor/list.ts";
import { cd, connect, echo, exit, help, pwd, quit } from "./self/shell.ts";

/** Every command of virsh, in libvirt's groups. */
export const commands = new Commands<Context>([
  { title: "Domain Monitoring", keyword: "monitor", commands: [domstate, list] },
  { title: "Virsh itself", keyword: "virsh", commands: [cd, echo, exit, help, pwd, quit, connect] },
]);
