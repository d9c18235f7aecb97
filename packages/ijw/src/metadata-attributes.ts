export * from '@ijw/metadata/attributes';
