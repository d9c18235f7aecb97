export * from '@ijw/metadata/canonical';
