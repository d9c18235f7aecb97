export * from '@ijw/interop/com-wrappers';
