package dev.reprise.engine.control;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.operation.Operation;

/**
 * What a step traces, whatever the values are: the item of its output as a function of the items of
 * its inputs. A step that has one is traced from its iteration's path alone when need be; while it
 * runs untraced it asks for its item ({@link Activation#traceAgain}) where it would trace something
 * else.
 *
 * @param operation null for a copy
 * @param scalars whether literals make a literal: the step computes scalars from scalars itself
 * @param output may be -1
 * @param named the item of a constant that is copied to a variable, or null
 * @param releases slots that are cleared afterwards
 * @param writes whether the step changes its target in place, or notes that for a parfor's merge
 */
public record StepTrace(
    Operation operation,
    boolean scalars,
    int[] inputs,
    int output,
    LineageItem named,
    int[] releases,
    boolean writes) {

  public static StepTrace of(Operation operation, int[] inputs, int output, int[] releases) {
    return new StepTrace(operation, false, inputs, output, null, releases, false);
  }

  public static StepTrace ofScalars(Operation operation, int[] inputs, int output, int[] releases) {
    return new StepTrace(operation, true, inputs, output, null, releases, false);
  }

  public static StepTrace ofCopy(int from, int to, LineageItem named, int[] releases) {
    return new StepTrace(null, false, new int[] {from}, to, named, releases, false);
  }

  public static StepTrace ofWrite(Operation operation, int[] inputs, int output, int[] releases) {
    return new StepTrace(operation, false, inputs, output, null, releases, true);
  }
}
