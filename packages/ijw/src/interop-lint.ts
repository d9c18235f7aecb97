export * from '@ijw/interop/lint';
