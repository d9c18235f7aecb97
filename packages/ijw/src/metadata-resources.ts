export * from '@ijw/metadata/resources';
