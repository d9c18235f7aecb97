export * from '@ijw/assembly/nearest-names';
