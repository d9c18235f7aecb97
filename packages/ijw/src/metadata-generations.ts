export * from '@ijw/metadata/generations';
