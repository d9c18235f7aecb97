export * from '@ijw/metadata/security';
