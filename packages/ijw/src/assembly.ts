export * from '@ijw/assembly';
