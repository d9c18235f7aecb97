export * from '@ijw/binary';
