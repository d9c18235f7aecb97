export * from '@ijw/interop';
