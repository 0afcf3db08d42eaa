import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

export const Client = S3Client;

export const reads = {
  GetBucketLocation: GetBucketLocationCommand,
  GetBucketReplication: GetBucketReplicationCommand,
  GetBucketVersioning: GetBucketVersioningCommand,
  GetObject: GetObjectCommand,
  HeadObject: HeadObjectCommand,
  ListBuckets: ListBucketsCommand,
  ListObjectVersions: ListObjectVersionsCommand,
  ListObjectsV2: ListObjectsV2Command,
};

export const changes = {
  CopyObject: CopyObjectCommand,
  DeleteObject: DeleteObjectCommand,
  PutObject: PutObjectCommand,
};
