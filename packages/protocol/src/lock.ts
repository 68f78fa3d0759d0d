import { type Infer, string, struct, u32 } from "@libvirt-ts/xdr";
import { uuid } from "./common.ts";
import { proc, program } from "./program.ts";

/** `VIR_LOCK_SPACE_PROTOCOL_STRING_MAX`; shorter than elsewhere. */
const text = string(65_536);

/** Who holds leases: a domain and the process that runs it. */
export const Owner = struct({ uuid, name: text, id: u32, pid: u32 });
export type Owner = Infer<typeof Owner>;
export const RegisterArgs = struct({ owner: Owner, flags: u32 });
export const RestrictArgs = struct({ flags: u32 });
export const NewArgs = struct({ path: text, flags: u32 });
export const CreateResourceArgs = struct({ path: text, name: text, flags: u32 });
export const DeleteResourceArgs = struct({ path: text, name: text, flags: u32 });
export const AcquireResourceArgs = struct({ path: text, name: text, flags: u32 });
export const ReleaseResourceArgs = struct({ path: text, name: text, flags: u32 });
export const CreateLockSpaceArgs = struct({ path: text });

/** The lock daemon. */
export const lock = program("lock", 0x0ea7beef, 1, {
  register: proc(1, RegisterArgs, null),
  restrict: proc(2, RestrictArgs, null),
  new: proc(3, NewArgs, null),
  createResource: proc(4, CreateResourceArgs, null),
  deleteResource: proc(5, DeleteResourceArgs, null),
  acquireResource: proc(6, AcquireResourceArgs, null),
  releaseResource: proc(7, ReleaseResourceArgs, null),
  createLockspace: proc(8, CreateLockSpaceArgs, null),
});
