export * from '@ijw/interop/nanoframework';
