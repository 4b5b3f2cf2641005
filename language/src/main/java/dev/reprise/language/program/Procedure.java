package dev.reprise.language.program;

import dev.reprise.language.Position;
import dev.reprise.runtime.Scalar;
import java.util.List;

/**
 * The main program or a function.
 *
 * @param name {@code main}, {@code f}, or {@code file-qualified} for functions of sourced files
 * @param parameters in declared order; each occupies a slot
 * @param results in declared order; each occupies a slot
 * @param slotNames variable name of each slot; null for temporaries
 * @param constants the constant pool; operand {@code ~i} is constant i
 * @param rewrites what the optimiser changed, in the order of the script
 */
public record Procedure(
    String name,
    List<Parameter> parameters,
    List<Result> results,
    List<String> slotNames,
    List<Scalar> constants,
    List<Block> body,
    Position position,
    List<Rewrite> rewrites) {

  /** A procedure as it was written. */
  public Procedure(
      String name,
      List<Parameter> parameters,
      List<Result> results,
      List<String> slotNames,
      List<Scalar> constants,
      List<Block> body,
      Position position) {
    this(name, parameters, results, slotNames, constants, body, position, List.of());
  }

  /**
   * @param defaultValue code that computes the default into its operand, run in the callee after
   *     earlier parameters are bound; null when the argument is required
   */
  public record Parameter(String name, DeclaredType type, int slot, Block.Code defaultValue) {}

  public record Result(String name, DeclaredType type, int slot) {}

  /** A declared type; UNKNOWN accepts anything. */
  public enum DeclaredType {
    DOUBLE,
    INTEGER,
    BOOLEAN,
    STRING,
    MATRIX,
    FRAME,
    LIST,
    UNKNOWN
  }

  public int slotCount() {
    return slotNames.size();
  }
}
