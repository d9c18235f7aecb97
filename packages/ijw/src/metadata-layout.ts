export * from '@ijw/metadata/layout';
