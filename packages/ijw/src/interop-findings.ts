export * from '@ijw/interop/findings';
