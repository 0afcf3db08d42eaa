import { DescribeKeyCommand, GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';

export const Client = KMSClient;

export const reads = {
  DescribeKey: DescribeKeyCommand,
  GetPublicKey: GetPublicKeyCommand,
  Sign: SignCommand,
};

export const changes = {};
