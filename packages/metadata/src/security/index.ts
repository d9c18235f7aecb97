export { type PermissionSet, readPermissionSet, type SecurityAttribute, writePermissionSet } from './permission-set.ts';
export { SecurityAction, type SecurityActionName, securityActionName } from './security-action.ts';
