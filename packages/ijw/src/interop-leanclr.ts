export * from '@ijw/interop/leanclr';
