export * from '@ijw/windows';
