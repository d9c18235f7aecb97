export * from '@ijw/interop/stubs';
