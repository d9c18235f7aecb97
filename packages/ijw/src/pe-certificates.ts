export * from '@ijw/pe/certificates';
