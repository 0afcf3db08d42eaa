import type * as z from 'zod';

/** What a journal may contain. It describes the components itself. */
type Json = z.core.util.JSONType;

/** A step that was carried out and not undone, as the journal has it. */
export interface Done {
  step: string;
  params: unknown;
  /** What it found before. */
  before: Json;
  result: Json;
}

/** What a step has left of a resource that infrastructure as code may manage. */
export type Left = Resource &
  (
    | { left: 'changed'; attributes: Attribute[] }
    | {
        /** It is new: `id` is what an import takes. */
        left: 'made';
        id: string;
      }
    | { left: 'gone' }
    | {
        /** It has another name now. */
        left: 'renamed';
        to: string;
      }
  );

export interface Resource {
  /** Terraform's types for it: a provider may have several. */
  types: readonly string[];
  /** By which attributes of a state it is known. */
  where: Record<string, string>;
  /** Where it is; null where it is global. */
  region: string | null;
  /** How CloudFormation knows it, where it does. */
  cloudFormation?: {
    type: string;
    physicalId: string;
    /** By which property it is imported; none, where CloudFormation imports no such resource. */
    importedBy?: string;
  };
}

export interface Attribute {
  /** The argument of Terraform, as `ignore_changes` takes it: `scaling_config[0].min_size`. */
  path: string;
  /** What the run has left there; undefined where the journal does not say. */
  value?: Json | undefined;
  /** The property of CloudFormation; of one within another: `ScalingConfig.MinSize`. */
  property?: string;
  /** Whether the property takes another form of value than the argument. */
  otherForm?: true;
  /** What a plan makes of it that says otherwise. */
  plan: 'revert' | 'destroy';
  /** What that would do to the platform. */
  means: string;
}

/** What the steps of a kind of component leave, by the kind of step. */
export type Leaves = Record<string, (done: Done) => readonly Left[]>;
