export { type GuardTableEntry, type GuardTableName, readGuardTable } from './guard-tables.ts';
export { GuardFlags, type LoadConfig, type LoadConfigField, loadConfigLayout, readLoadConfig, writeLoadConfig } from './load-config.ts';
