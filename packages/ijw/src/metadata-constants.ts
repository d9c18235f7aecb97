export * from '@ijw/metadata/constants';
