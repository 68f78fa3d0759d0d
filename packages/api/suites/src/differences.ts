/** Where drivers may differ; a target names those that are its own and says why. */
export type Difference =
  | "changes no devices"
  | "guests do not begin paused"
  | "has no storage pools and no node devices"
  | "keeps its lifecycle actions"
  | "knows nothing newer than 9.0"
  | "takes no descriptors"
  | "what is not defined can be undefined"
  | "what is paused cannot be paused"
  | "what runs cannot be resumed";
