export * from '@ijw/metadata/signatures';
