export * from '@ijw/interop/dynamic-interface-castable';
