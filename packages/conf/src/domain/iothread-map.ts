import { attr, element, type Infer, list, uint } from "@libvirt-ts/xml";

const Iothread = element("iothread", {
  id: attr("id", uint, { required: true }),
  queues: list(element("queue", { id: attr("id", uint, { required: true }) })),
});

/** Which I/O thread serves which queues of a device. */
export const IothreadMap = element("iothreads", { iothreads: list(Iothread) });
export type IothreadMap = Infer<typeof IothreadMap>;
