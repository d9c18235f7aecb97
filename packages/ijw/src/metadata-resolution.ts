export * from '@ijw/metadata/resolution';
