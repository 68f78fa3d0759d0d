import { withLists } from "@libvirt-ts/xml";
import { DomainSyntax } from "./domain.ts";
import { formatDomain } from "./parse.ts";

type ListKey<T> = { [K in keyof T]-?: T[K] extends unknown[] ? K : never }[keyof T];

/** A value as one writes it: lists that are empty may be left out. */
export type Written<T> = T extends (infer E)[]
  ? Written<E>[]
  : T extends object
    ? { [K in keyof T as K extends ListKey<T> ? never : K]: Written<T[K]> } & {
        [K in keyof T as K extends ListKey<T> ? K : never]?: Written<T[K]>;
      }
    : T;

/** What can be said of a guest; names and types are those of the declarations. */
export type GuestDescription = Written<DomainSyntax>;

/**
 * The XML of a guest, passwords included.
 * @example domain({ type: "kvm", name: "a", memoryKiB: 1048576, os: { type: { name: "hvm" } }, devices: {
 *   disks: [{ type: "file", device: "disk", source: { file: "/a.img" }, target: { dev: "vda", bus: "virtio" } }] } })
 */
export function domain(guest: GuestDescription): string {
  const shape = DomainSyntax.shape?.();
  const whole = (shape ? withLists(shape, guest) : guest) as DomainSyntax; // what Written left out is filled in
  return formatDomain(whole, { secure: true, inactive: true });
}
