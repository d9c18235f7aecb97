export * from '@ijw/metadata/words';
