export * from '@ijw/metadata/marshalling';
