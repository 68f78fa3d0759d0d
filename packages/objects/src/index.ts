export { ConfigDirectory, type ConfigDirectoryOptions, type StoredConfig } from "./config-directory.ts";
export { EventRegistrations, type NewRegistration, type Registration } from "./event-registrations.ts";
export {
  type FilterGroup,
  filterFlags,
  isListed,
  type ListFilter,
  lifeFilters,
  listings,
} from "./list-filter.ts";
export { type EventSubject, type ListeningClient, ObjectEvents } from "./object-events.ts";
export { ObjectReplies } from "./object-replies.ts";
export { type Named, Registry } from "./registry.ts";
export { type ReplaceOptions, replaceFile } from "./replace-file.ts";
export { ReplyCache } from "./reply-cache.ts";
export { SerialQueue } from "./serial-queue.ts";
export { WaitList } from "./wait-list.ts";
