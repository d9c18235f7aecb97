export * from '@ijw/interop/tinyclr';
