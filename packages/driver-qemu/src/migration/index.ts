export {
  type MigrationParam,
  type MigrationParams,
  migrationArguments,
  parseMigrationParams,
  readMigrationParams,
  writeMigrationParams,
} from "./params.ts";
