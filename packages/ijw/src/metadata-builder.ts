export * from '@ijw/metadata/builder';
