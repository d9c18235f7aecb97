export * from '@ijw/assembly/runtime-profiles';
