export * from '@ijw/metadata';
